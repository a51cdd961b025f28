import { readProperties } from "./catalog/read-properties.js";
import { missingProperties } from "./catalog/required-properties.js";
import type { TrackedEvent } from "./event.js";
import type { Issue } from "./issue.js";

/**
 * The problems with an event's properties that hold for all vendors. Small enough for a page; `checkEvent` tells
 * everything that one vendor would say.
 */
export function checkProperties(event: Pick<TrackedEvent, "name" | "properties">): readonly Issue[] {
  const { standard, issues } = readProperties(event);
  return [...issues, ...missingProperties(event.name, standard, "error")];
}
