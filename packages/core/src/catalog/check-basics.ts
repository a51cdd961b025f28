import type { TrackedEvent } from "../event.js";
import { errorIssue, type Issue, warningIssue } from "../issue.js";
import { legacyEventNames } from "./legacy-names.js";
import type { WireProperties } from "./read-properties.js";
import { missingProperties } from "./required-properties.js";
import { type StandardEvent, standardEvents } from "./standard-events.js";

/** The row of a standard event, or `undefined` for any other name. */
export function standardEvent(name: string): StandardEvent | undefined {
  return Object.hasOwn(standardEvents, name) ? standardEvents[name as keyof typeof standardEvents] : undefined;
}

/**
 * What every vendor needs of an event: an id, a time, and the required properties, whose lack one vendor refuses and
 * another takes; and today's name where the event has an old one.
 */
export function checkBasics(
  { id, name, time }: Pick<TrackedEvent, "id" | "name" | "time">,
  properties: WireProperties,
  lackOfProperties: Issue["severity"],
): readonly Issue[] {
  const issues: Issue[] = [...checkLegacyName(name), ...missingProperties(name, properties, lackOfProperties)];
  if (typeof id !== "string" || id === "") issues.push(errorIssue("missing", "id", "id is empty: accepted is a text"));
  if (!Number.isFinite(time)) {
    issues.push(
      errorIssue("wrong_type", "time", "time is not a number: accepted are milliseconds since 1970, or a Date"),
    );
  }
  return issues;
}

function checkLegacyName(name: string): readonly Issue[] {
  if (!Object.hasOwn(legacyEventNames, name)) return [];
  const today = legacyEventNames[name as keyof typeof legacyEventNames];
  const advice = today ? `today's is ${today}` : "none of today's standard events stands for it";
  return [warningIssue("legacy_name", "name", `${name} is an old TikTok name, sent as it is: ${advice}`)];
}
