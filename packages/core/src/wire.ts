import type { WireProperties } from "./catalog/read-properties.js";
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

/** Vendors count in whole seconds; ours are milliseconds. `NaN` for what is no number, which `checkBasics` reports. */
export function toSeconds(milliseconds: number): number {
  return typeof milliseconds === "number" ? Math.floor(milliseconds / 1000) : Number.NaN;
}

/** `contentIds` → `content_ids`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The same, remembered: for servers, where the same names come with every event. */
export const snakeCase = /* @__PURE__ */ remember(toSnakeCase);

/** All properties but `contents`, which each vendor takes in its own form, under their names on the wire. */
export function inSnakeCase(
  standard: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...custom };
  for (const name of Object.keys(standard)) {
    if (name !== "contents") properties[snakeCase(name)] = standard[name as keyof WireProperties];
  }
  return properties;
}

/** Whether there is anything in the object. */
export function hasMembers(members: object): boolean {
  for (const _ in members) return true;
  return false;
}

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
