import type { WireContent, WireProperties } from "../catalog/read-properties.js";
import { compact, snakeCase } from "../wire.js";

/** Properties as both TikTok's Events API and its pixel take them. */
export function toTikTokProperties(
  { contents, ...standard }: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...custom };
  for (const name of Object.keys(standard)) properties[snakeCase(name)] = standard[name as keyof typeof standard];
  // TikTok knows no other types than these two.
  if (!/^product/.test(standard.contentType ?? "product")) delete properties.content_type;
  if (contents) properties.contents = contents.map(toTikTokContent);
  return properties;
}

function toTikTokContent({ id, name, category, quantity, price, brand }: WireContent): Record<string, unknown> {
  return compact({ content_id: id, content_name: name, content_category: category, quantity, price, brand });
}
