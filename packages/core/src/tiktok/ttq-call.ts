import { readProperties } from "../catalog/read-properties.js";
import type { TrackedEvent } from "../event.js";
import { toTikTokProperties } from "./properties.js";

/** A method of `ttq` and its arguments. */
export type TtqCall =
  | readonly ["page"]
  | readonly ["track", event: string, parameters: Record<string, unknown>, options: { event_id: string }];

/**
 * The event as a call of TikTok's pixel. A PageView becomes `page()`, which takes no event id: send it by one side
 * only. Other names stay as they are: TikTok's standard names are the same as ours.
 */
export function toTtqCall(event: Pick<TrackedEvent, "id" | "name" | "properties">): TtqCall {
  if (event.name === "PageView") return ["page"];
  const { standard, custom } = readProperties(event);
  return ["track", event.name, toTikTokProperties(standard, custom), { event_id: event.id }];
}
