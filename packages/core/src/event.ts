import type { EventName, PropertiesOf } from "./catalog/register.js";
import type { Consent } from "./consent.js";
import type { EventContext } from "./context.js";
import type { MatchKeys } from "./user/hash-user-data.js";
import type { UserData } from "./user/user-data.js";

/** One event, as both paths carry it. The same id and name go out by browser tag and by server. */
export interface TrackedEvent<Name extends EventName = EventName> {
  /** Made once, at the first `track`, and never again: vendors deduplicate by it. */
  readonly id: string;
  readonly name: Name;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  readonly properties: Readonly<PropertiesOf<Name>>;
  /** The person's data in the clear. Never stored: `hashForVendors` makes `matchKeys` of it. */
  readonly user?: UserData;
  /** The person's data as each vendor takes it. Keys made from `user` are added to it, and win over it. */
  readonly matchKeys?: MatchKeys;
  readonly context: EventContext;
  readonly consent: Consent;
}

/** What {@link createEvent} needs beside name and properties. */
export interface EventInit {
  /** Unique; see {@link uuidFromBytes}. */
  id: string;
  /** When it happened: milliseconds since 1970, or a Date. */
  time: number | Date;
  context: EventContext;
  consent: Consent;
  user?: UserData;
  matchKeys?: MatchKeys;
}

/** Makes an event. Pure: id and time come from the caller. It checks nothing; see `checkEvent`. */
export function createEvent<Name extends EventName>(
  name: Name,
  properties: PropertiesOf<Name>,
  { id, time, context, consent, user, matchKeys }: EventInit,
): TrackedEvent<Name> {
  return { id, name, time: Math.floor(Number(time)), properties, user, matchKeys, context, consent };
}

/** A version 4 UUID from 16 random bytes, for places without `crypto.randomUUID`. */
export function uuidFromBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 16), (byte, index) => {
    const fixed = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return fixed.toString(16).padStart(2, "0");
  });
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
