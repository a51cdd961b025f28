import { errorIssue, type Issue, warningIssue } from "../issue.js";
import type { WireProperties } from "./read-properties.js";
import type { standardEvents } from "./standard-events.js";

type Rows = typeof standardEvents;

/**
 * The rows of the catalogue that require properties. A list of its own, so that the pixel need not carry the whole
 * table to check an event; the compiler proves that it says the same.
 */
const requiredProperties: {
  readonly [Name in keyof Rows as Rows[Name]["required"] extends readonly [] ? never : Name]: Rows[Name]["required"];
} = { Purchase: ["currency", "value"] };

/** The required properties that are not there, as issues of the given severity. */
export function missingProperties(name: string, properties: WireProperties, severity: Issue["severity"]): Issue[] {
  const issue = severity === "error" ? errorIssue : warningIssue;
  const required = Object.hasOwn(requiredProperties, name)
    ? requiredProperties[name as keyof typeof requiredProperties]
    : [];
  return required
    .filter((property) => properties[property] === undefined)
    .map((property) => issue("missing", `properties.${property}`, `properties.${property} is required for ${name}`));
}
