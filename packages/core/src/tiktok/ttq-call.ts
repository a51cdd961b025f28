import { toTagProperties } from "../catalog/tag-properties.js";
import type { TrackedEvent } from "../event.js";

/** A method of `ttq` and its arguments. */
export type TtqCall =
  | readonly ["page"]
  | readonly ["track", event: string, parameters: Record<string, unknown>, options: { event_id: string }];

const itemNames = {
  id: "content_id",
  name: "content_name",
  category: "content_category",
  quantity: "quantity",
  price: "price",
  brand: "brand",
};

/**
 * The event as a call of TikTok's pixel. A PageView becomes `page()`, which takes no event id: send it by one side
 * only. Other names stay as they are: TikTok's standard names are the same as ours. Values go as they are: what is
 * wrong with them, `checkEvent` and the collector say.
 */
export function toTtqCall({ id, name, properties }: Pick<TrackedEvent, "id" | "name" | "properties">): TtqCall {
  if (name === "PageView") return ["page"];
  const parameters = toTagProperties(properties, itemNames);
  // TikTok knows no other types than `product` and `product_group`.
  if (!/^product/.test(String(parameters.content_type))) delete parameters.content_type;
  return ["track", name, parameters, { event_id: id }];
}
