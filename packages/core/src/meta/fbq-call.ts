import { isMetaWebEvent } from "../catalog/standard-names.js";
import { toTagProperties } from "../catalog/tag-properties.js";
import type { TrackedEvent } from "../event.js";

/** The arguments of `fbq` after the pixel's id: `fbq(method, pixelId, name, parameters, options)`. */
export interface FbqCall {
  method: "trackSingle" | "trackSingleCustom";
  name: string;
  parameters: Record<string, unknown>;
  options: { eventID: string };
}

const itemNames = {
  id: "id",
  quantity: "quantity",
  price: "item_price",
  name: "title",
  brand: "brand",
  category: "category",
  description: "description",
  deliveryCategory: "delivery_category",
};

/**
 * The event as a call of Meta's pixel, for one pixel id, so that several on a page do not cross-fire. Names that Meta
 * does not know go as custom events. Values go as they are: what is wrong with them, `checkEvent` and the collector say.
 */
export function toFbqCall({ id, name, properties }: Pick<TrackedEvent, "id" | "name" | "properties">): FbqCall {
  const parameters = toTagProperties(properties, itemNames);
  const { contents } = parameters;
  // Meta requires id and quantity of every item: one without a quantity still stands in `content_ids`.
  if (Array.isArray(contents)) parameters.contents = contents.filter(({ quantity }) => quantity !== undefined);
  return {
    method: isMetaWebEvent(name) ? "trackSingle" : "trackSingleCustom",
    name,
    parameters,
    options: { eventID: id },
  };
}
