import { readProperties } from "../catalog/read-properties.js";
import { isMetaWebEvent } from "../catalog/standard-names.js";
import type { TrackedEvent } from "../event.js";
import { toCustomData } from "./custom-data.js";

/** The arguments of `fbq` after the pixel's id: `fbq(method, pixelId, name, parameters, options)`. */
export interface FbqCall {
  method: "trackSingle" | "trackSingleCustom";
  name: string;
  parameters: Record<string, unknown>;
  options: { eventID: string };
}

/**
 * The event as a call of Meta's pixel, for one pixel id, so that several on a page do not cross-fire. Names that Meta
 * does not know go as custom events.
 */
export function toFbqCall(event: Pick<TrackedEvent, "id" | "name" | "properties">): FbqCall {
  const { standard, custom } = readProperties(event);
  return {
    method: isMetaWebEvent(event.name) ? "trackSingle" : "trackSingleCustom",
    name: event.name,
    parameters: toCustomData(standard, custom),
    options: { eventID: event.id },
  };
}
