import { readProperties } from "./catalog/read-properties.js";
import { missingProperties } from "./catalog/required-properties.js";
import type { TrackedEvent } from "./event.js";
import type { Issue } from "./issue.js";

/**
 * Every problem with an event's name and properties that holds for all vendors, as data. What one vendor would
 * refuse besides comes from its wire format: `toConversion`, `toAppEvents`, `toTikTokEvent`.
 */
export function checkEvent(event: Pick<TrackedEvent, "name" | "properties">): readonly Issue[] {
  const { standard, issues } = readProperties(event);
  return [...issues, ...missingProperties(event.name, standard, "error")];
}
