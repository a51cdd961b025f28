import type { WireContent, WireProperties } from "../catalog/read-properties.js";
import { inSnakeCase } from "../wire.js";

/** Properties as Meta's Conversions API takes them, its `custom_data`. */
export function toCustomData(
  standard: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const data = inSnakeCase(standard, custom);
  const contents = toMetaContents(standard.contents);
  if (contents.length > 0) data.contents = contents;
  return data;
}

/** Meta requires id and quantity of every item: one without a quantity still stands in `content_ids`. */
export function toMetaContents(contents: readonly WireContent[] = []): Record<string, unknown>[] {
  const complete: Record<string, unknown>[] = [];
  for (const { id, quantity, price, name, brand, category, description, deliveryCategory } of contents) {
    if (quantity === undefined) continue;
    const content: Record<string, unknown> = { id, quantity };
    if (price !== undefined) content.item_price = price;
    if (name !== undefined) content.title = name;
    if (brand !== undefined) content.brand = brand;
    if (category !== undefined) content.category = category;
    if (description !== undefined) content.description = description;
    if (deliveryCategory !== undefined) content.delivery_category = deliveryCategory;
    complete.push(content);
  }
  return complete;
}
