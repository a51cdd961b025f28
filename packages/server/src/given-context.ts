import type { EventContext, Issue } from "@beaconry/core";
import { readAddress } from "./client-ip/address.js";

/** A context as vendors can take it. */
export interface GivenContext {
  readonly context: EventContext;
  readonly issues: readonly Issue[];
}

/**
 * Reads the context of an event of the server's own. Members that are null, empty texts or no number fall away, which is what
 * rows of a database have for a click id that was not there: vendors refuse an event for them, or count "" for a match key.
 * The address loses a port, brackets and a zone; what is none, such as a whole `X-Forwarded-For`, is left out and reported.
 */
export function readGivenContext(given: EventContext): GivenContext {
  const context = withoutNothing(given);
  if (context?.ip === undefined) return { context, issues: [] };
  const address = typeof context.ip === "string" ? readAddress(context.ip) : undefined;
  if (address) return { context: { ...context, ip: address.toString() }, issues: [] };
  const { ip: _, ...rest } = context;
  const message = "context.ip is not one IPv4 or IPv6 address; left out";
  return { context: rest, issues: [{ severity: "warning", code: "wrong_value", path: "context.ip", message }] };
}

function withoutNothing<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const given = Object.entries(value).filter(([, member]) => !isNothing(member));
  return Object.fromEntries(given.map(([name, member]) => [name, withoutNothing(member)])) as Value;
}

function isNothing(member: unknown): boolean {
  return member === null || member === "" || (typeof member === "number" && !Number.isFinite(member));
}
