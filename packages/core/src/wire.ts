import type { Issue } from "./issue.js";
import { remember } from "./remember.js";

/** What a vendor's API takes for one event, or, without `body`, why the event can not be sent; issues either way. */
export interface Wire<Body> {
  /** Absent when one of the issues is an error. */
  readonly body?: Body;
  readonly issues: readonly Issue[];
}

/** Joins a body with its issues, leaving the body out where one of them is an error. */
export function wire<Body>(body: Body, issues: readonly Issue[]): Wire<Body> {
  return issues.some(({ severity }) => severity === "error") ? { issues } : { body, issues };
}

/** Vendors count in whole seconds; ours are milliseconds. */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** `contentIds` → `content_ids`. */
export const snakeCase = /* @__PURE__ */ remember((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** The object without its `undefined` members, so that nothing empty goes out. */
export function compact<Members extends object>(members: Members): Members {
  return assignPresent({}, members) as Members;
}

/** Gives the object those members that are not `undefined`. */
export function assignPresent<Target extends object>(target: Target, members: object): Target {
  const given = members as Record<string, unknown>;
  const taking = target as Record<string, unknown>;
  for (const name in given) if (given[name] !== undefined) taking[name] = given[name];
  return target;
}
