import type { Record } from "./packet.js";

/**
 * Most parcels of a message, and about the most bytes. Larger ones would be no faster, and a message is taken as a whole,
 * and given again as a whole when its taker dies. A parcel that is larger alone is a message alone.
 */
const mostParcels = 250;
const mostBytes = 262_144;

/** Parcels due within this part of their wait share a message. It is due with the first; whoever has it holds the rest. */
const togetherPart = 1 / 8;
/** The same, ms, at least and at most. */
const togetherLeast = 50;
const togetherMost = 5_000;

/** A message in the making. */
export interface Filling {
  readonly records: Record[];
  /** Of its records. */
  bytes: number;
  /** When the first of its parcels is due, ms; 0 where they were never taken. */
  readonly dueAt: number;
}

/** Whether one more record goes into a message. */
export function fits({ records, bytes, dueAt: first }: Filling, { size }: Record, dueAt: number, now: number): boolean {
  if (records.length >= mostParcels || bytes + size > mostBytes) return false;
  const spread = Math.min(Math.max((first - now) * togetherPart, togetherLeast), togetherMost);
  return first === dueAt || (first > 0 && dueAt >= first && dueAt - first <= spread);
}
