import type { TrackedEvent } from "../event.js";
import { errorIssue, type Issue, joinIssues, warningIssue } from "../issue.js";
import { checkContents } from "./check-contents.js";
import { isCurrency } from "./currencies.js";
import { isLegacyName, legacyEventNames } from "./legacy-names.js";
import type { WireProperties } from "./read-properties.js";
import { missingProperties } from "./required-properties.js";
import { isStandardEvent, type StandardEvent, standardEvents } from "./standard-events.js";

/** The row of a standard event, or `undefined` for any other name. */
export function standardEvent(name: string): StandardEvent | undefined {
  return isStandardEvent(name) ? standardEvents[name] : undefined;
}

/**
 * What every vendor needs of an event: an id, a time, and the required properties, whose lack one vendor refuses and
 * another takes; today's name where the event has an old one; and properties that contradict each other.
 */
export function checkBasics(
  { id, name, time }: Pick<TrackedEvent, "id" | "name" | "time">,
  properties: WireProperties,
  lackOfProperties: Issue["severity"],
): readonly Issue[] {
  const issues = joinIssues(
    missingProperties(name, properties, lackOfProperties),
    checkLegacyName(name),
    checkContents(properties),
    checkCurrency(properties.currency),
    checkWorth(name, properties),
  );
  if (typeof id !== "string" || id === "") issues.push(errorIssue("missing", "id", "id is empty: accepted is a text"));
  if (!Number.isFinite(time)) {
    issues.push(
      errorIssue("wrong_type", "time", "time is not a number: accepted are milliseconds since 1970, or a Date"),
    );
  }
  return issues;
}

function checkCurrency(currency: string | undefined): readonly Issue[] {
  if (currency === undefined || isCurrency(currency)) return [];
  const message = `properties.currency is ${currency}, which is no active currency of ISO 4217`;
  return [warningIssue("wrong_value", "properties.currency", message)];
}

/** Where both are required, their lack is told already; of other names it is not known that `value` is money. */
function checkWorth(name: string, { value, currency }: WireProperties): readonly Issue[] {
  const row = standardEvent(name);
  const isMoney = isLegacyName(name) || (row?.goals.value !== undefined && !row.required.includes("currency"));
  if (!isMoney || value === undefined || currency !== undefined) return [];
  const message = "properties.value has no properties.currency: without it neither vendor counts a value";
  return [warningIssue("missing", "properties.currency", message)];
}

function checkLegacyName(name: string): readonly Issue[] {
  if (!isLegacyName(name)) return [];
  const today = legacyEventNames[name];
  const advice =
    today === undefined
      ? "TikTok names no other for it"
      : isLegacyName(today)
        ? `TikTok's list leads to ${today}, which is old too`
        : `today's is ${today}`;
  return [warningIssue("legacy_name", "name", `${name} is an old TikTok name, sent as it is: ${advice}`)];
}
