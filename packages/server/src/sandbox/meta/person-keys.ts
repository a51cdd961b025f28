import { copyKey } from "../deduplication.js";
import { isFilled, type JsonObject } from "../json.js";

/**
 * Keys by which Meta recognises copies of an event without an id: its name and the person's `fbp`, or `external_id` in the
 * very form the other side sent.
 */
export function personKeys(sourceId: string, name: string, user: JsonObject): string[] {
  return ["fbp", "external_id"].flatMap((key) =>
    [user[key]]
      .flat()
      .filter(isFilled)
      .map((value) => copyKey(sourceId, name, key, value)),
  );
}
