import type { TrackedEvent } from "../event.js";
import { type Issue, warningIssue } from "../issue.js";
import { readProperties } from "./read-properties.js";
import { type Goal, type StandardEvent, standardEvents } from "./standard-events.js";

/** What an event lacks for a goal, as warnings: it is counted without, but does not serve the goal. */
export function checkGoal(event: Pick<TrackedEvent, "name" | "properties">, goal: Goal): readonly Issue[] {
  const rows: Readonly<Record<string, StandardEvent>> = standardEvents;
  const needs = Object.hasOwn(rows, event.name) ? rows[event.name]?.goals[goal] : undefined;
  if (!needs) return [warningIssue("wrong_value", "name", `${event.name} is no event for the goal ${goal}`)];
  const { standard } = readProperties(event);
  return needs
    .map((need) => (typeof need === "string" ? [need] : need))
    .filter((anyOf) => anyOf.every((property) => standard[property] === undefined))
    .map((anyOf) => {
      const needed = anyOf.map((property) => `properties.${property}`).join(" or ");
      return warningIssue("missing", `properties.${anyOf[0]}`, `${needed} is needed for the goal ${goal}`);
    });
}
