import type { EventContext } from "@beaconry/core";
import { readAddress } from "./client-ip/address.js";

/**
 * Reads the context of an event of the server's own. Members that are null, empty texts or no number fall away, which is what
 * rows of a database have for a click id that was not there: vendors refuse an event for them, or count "" for a match key.
 * The address loses a port, brackets and a zone.
 */
export function readGivenContext(given: EventContext): EventContext {
  const context = withoutNothing(given);
  const address = typeof context.ip === "string" ? readAddress(context.ip) : undefined;
  return address ? { ...context, ip: address.toString() } : context;
}

function withoutNothing<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const given = Object.entries(value).filter(([, member]) => !isNothing(member));
  return Object.fromEntries(given.map(([name, member]) => [name, withoutNothing(member)])) as Value;
}

function isNothing(member: unknown): boolean {
  return member === null || member === "" || (typeof member === "number" && !Number.isFinite(member));
}
