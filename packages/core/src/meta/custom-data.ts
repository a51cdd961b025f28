import type { WireContent, WireProperties } from "../catalog/read-properties.js";
import { compact, snakeCase } from "../wire.js";

/** Properties as both Meta's Conversions API (`custom_data`) and its pixel take them. */
export function toCustomData(
  { contents, ...standard }: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const data: Record<string, unknown> = { ...custom };
  for (const name of Object.keys(standard)) data[snakeCase(name)] = standard[name as keyof typeof standard];
  const complete = toMetaContents(contents);
  if (complete.length > 0) data.contents = complete;
  return data;
}

/** Meta requires id and quantity of every item: one without a quantity still stands in `content_ids`. */
export function toMetaContents(contents: readonly WireContent[] | undefined): Record<string, unknown>[] {
  return (contents ?? [])
    .filter(({ quantity }) => quantity !== undefined)
    .map(({ id, quantity, price, name, brand, category, description, deliveryCategory }) =>
      compact({
        id,
        quantity,
        item_price: price,
        title: name,
        brand,
        category,
        description,
        delivery_category: deliveryCategory,
      }),
    );
}
