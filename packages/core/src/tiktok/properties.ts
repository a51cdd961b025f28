import type { WireContent, WireProperties } from "../catalog/read-properties.js";
import { inSnakeCase } from "../wire.js";

/** Properties as TikTok's Events API takes them. */
export function toTikTokProperties(
  standard: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties = inSnakeCase(standard, custom);
  // TikTok knows no other types than these two.
  if (!/^product/.test(standard.contentType ?? "product")) delete properties.content_type;
  // A text to TikTok; Meta takes yes and no.
  if (standard.status !== undefined) properties.status = String(standard.status);
  if (standard.contents) properties.contents = standard.contents.map(toTikTokContent);
  return properties;
}

function toTikTokContent({ id, name, category, quantity, price, brand }: WireContent): Record<string, unknown> {
  const content: Record<string, unknown> = { content_id: id };
  if (quantity !== undefined) content.quantity = quantity;
  if (price !== undefined) content.price = price;
  if (name !== undefined) content.content_name = name;
  if (category !== undefined) content.content_category = category;
  if (brand !== undefined) content.brand = brand;
  return content;
}
