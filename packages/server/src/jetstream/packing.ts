import type { Record } from "./packet.js";

/**
 * Most parcels of a message, and most of its text, UTF-16 units. Larger ones would be no faster, and a message is taken as
 * a whole, and given again as a whole when its taker dies. A parcel that is longer alone is a message alone.
 */
const mostParcels = 250;
const mostLength = 262_144;

/** Parcels due within this part of their wait share a message. It is due with the first; whoever has it holds the rest. */
const togetherPart = 1 / 8;
/** The same, ms, at least and at most. */
const togetherLeast = 50;
const togetherMost = 5_000;

/** Bytes of a message beside its records: headers, the line's beginning, the destination's name. */
const frame = 2_000;
/** Most bytes of a UTF-16 unit in UTF-8. */
const unitBytes = 3;

/** A message in the making. */
export interface Filling {
  readonly records: Record[];
  /** Of its records, UTF-16 units. */
  length: number;
  /** When the first of its parcels is due, ms; 0 where they were never taken. */
  readonly dueAt: number;
}

/**
 * Whether one more record goes into a message.
 * @param maxPayload of the servers, bytes
 */
export function fits(filling: Filling, record: Record, dueAt: number, now: number, maxPayload: number): boolean {
  const { records, length, dueAt: first } = filling;
  const limit = Math.min(mostLength, (maxPayload - frame) / unitBytes);
  if (records.length >= mostParcels || length + lengthOf(record) > limit) return false;
  const spread = Math.min(Math.max((first - now) * togetherPart, togetherLeast), togetherMost);
  return first === dueAt || (first > 0 && dueAt >= first && dueAt - first <= spread);
}

/** UTF-16 units that a record adds to a message. */
export function lengthOf({ head, body }: Record): number {
  return head.length + body.length + 1;
}

/** Whether a message of this record alone is more than the servers take. */
export function isTooLarge(record: Record, maxPayload: number): boolean {
  return frame + lengthOf(record) * unitBytes > maxPayload && frame + bytesOf(record) > maxPayload;
}

/** Bytes of a record. */
export function bytesOf({ head, body }: Record): number {
  return Buffer.byteLength(head) + Buffer.byteLength(body);
}
