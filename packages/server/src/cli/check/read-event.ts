import type { Issue, MatchKeys, TrackedEvent, Vendor } from "@beaconry/core";
import { readMatchKeys } from "@beaconry/core/internal";
import { claimIssue, claimsIn } from "../../collector/claims.js";
import { asObject, isObject } from "../../collector/shape.js";
import { findShapeIssues } from "./event-shape.js";

/** A line as an event, with what is wrong with its form. */
export interface ReadEvent {
  /** Absent when there is too little of it to be checked further. */
  readonly event?: TrackedEvent;
  readonly id?: string;
  readonly name?: string;
  readonly issues: readonly Issue[];
}

/** What a collector puts in for an event of a page: somebody's address and browser, so that neither is missed. */
const seenByCollector = { ip: "203.0.113.7", userAgent: "Mozilla/5.0" };

/**
 * Reads an event in the form of `createEvent`, or, with `tags`, in the form in which a pixel posts it: then the collector
 * will add address and user agent, and leave out what is not a page's to say. `undefined` for a value that is no object.
 */
export function readEvent(value: unknown): ReadEvent | undefined {
  if (!isObject(value)) return undefined;
  const matchKeys = readMatchKeys(value.matchKeys);
  const isOfPage = value.tags !== undefined;
  const shape = [...findShapeIssues(value), ...matchKeyIssues(value.matchKeys, matchKeys)];
  const issues = isOfPage ? [...shape, ...claimIssues(value, matchKeys)] : shape;
  const [id, name] = [value.id, value.name].map((one) => (typeof one === "string" ? one : undefined));
  const usable = ["name", "context", "context.source", "consent"];
  if (issues.some(({ severity, path }) => severity === "error" && usable.includes(path))) return { id, name, issues };
  const context = asObject(value.context);
  const event = {
    id: id ?? "",
    name,
    time: typeof value.time === "string" ? Date.parse(value.time) : value.time,
    properties: asObject(value.properties),
    ...(isObject(value.user) && !isOfPage && { user: value.user }),
    ...(isObject(value.matchKeys) && { matchKeys }),
    context: isOfPage ? { ...context, ...seenByCollector } : context,
    consent: value.consent,
  } as unknown as TrackedEvent;
  // An id or a time that is missing has been reported.
  return { event, id, name, issues };
}

function matchKeyIssues(given: unknown, read: MatchKeys): Issue[] {
  return Object.entries(asObject(given)).flatMap(([vendor, keys]) => {
    const known = Object.hasOwn(read, vendor) ? asObject(read[vendor as Vendor]) : {};
    const wrong = Object.keys(asObject(keys)).filter((key) => !Object.hasOwn(known, key));
    return wrong.map((key): Issue => {
      const path = `matchKeys.${vendor}.${key}`;
      const message = `${path} is no key of the vendor, or not hashed: accepted is what hashUserData gives`;
      return { severity: "error", code: "wrong_value", path, message };
    });
  });
}

/** What a collector would leave out, or, for a source that no page has, refuse. */
function claimIssues(given: Readonly<Record<string, unknown>>, matchKeys: MatchKeys): Issue[] {
  return claimsIn(given, matchKeys)
    .filter((claim) => claim !== "matchKeys")
    .map(claimIssue)
    .map((issue) => (issue.path === "context.source" ? { ...issue, severity: "error" } : issue));
}
