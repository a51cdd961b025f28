import { errorIssue, type Issue, warningIssue } from "../issue.js";
import type { WireProperties } from "./read-properties.js";
import { isStandardEvent, standardEvents } from "./standard-events.js";

/** The required properties that are not there, as issues of the given severity. */
export function missingProperties(name: string, properties: WireProperties, severity: Issue["severity"]): Issue[] {
  const issues: Issue[] = [];
  if (!isStandardEvent(name)) return issues;
  const issue = severity === "error" ? errorIssue : warningIssue;
  for (const property of standardEvents[name].required) {
    if (properties[property] !== undefined) continue;
    issues.push(issue("missing", `properties.${property}`, `properties.${property} is required for ${name}`));
  }
  return issues;
}
