import type { DeadReason, LeasedParcel, Parcel } from "../outbox/outbox.js";

/** A parcel on its way through a stream. */
export interface PackedParcel {
  readonly parcel: Parcel;
  /** Deliveries tried so far. */
  readonly attempts: number;
  /** When it is due, ms; 0 when it was never taken. */
  readonly dueAt: number;
}

/** What one message holds: parcels of one destination, the first due first. */
export interface Packet {
  readonly parcels: readonly LeasedParcel[];
  /** When each is due, ms; 0 when it was never taken. */
  readonly dueAts: readonly number[];
  /** How long the first of them was to wait when it was packed, ms. */
  readonly wait: number;
  /** When the first of them came into the outbox, where that was before it came into this message, ms; else 0. */
  readonly since: number;
}

/** Why a dead letter died, and when. */
export interface Death {
  readonly reason: DeadReason;
  readonly detail: string;
  /** ms */
  readonly diedAt: number;
}

/** A parcel as text, ready for a packet. */
export interface Record {
  readonly head: string;
  readonly body: string;
}

/** The first member of every packet; another means another version wrote it. */
const version = 1;

/** Writes a parcel for a packet. */
export function toRecord({ parcel, attempts, dueAt }: PackedParcel): Record {
  const { name, id, time, expiresAt, group, body } = parcel;
  // JSON has no Infinity: it becomes null.
  const head = JSON.stringify([name, id, time, expiresAt, group, body.length, attempts, dueAt]);
  return { head, body };
}

/**
 * A message of these records, all of one destination: a line of JSON, then their bodies one after the other, each as
 * long in UTF-16 units as the line says, so that a body may hold anything.
 */
export function pack(destination: string, records: readonly Record[], { wait = 0, since = 0 } = {}): string {
  const heads = records.map(({ head }) => head).join();
  const frame = `[${version},${JSON.stringify(destination)},${wait},${since},[${heads}]]`;
  return `${frame}\n${records.map(({ body }) => body).join("")}`;
}

/**
 * Throws when it is no packet, or one of another version.
 * @param messageIdthe keys of its parcels begin with it
 */
export function unpack(text: string, messageId: string): Packet {
  const lineEnd = text.indexOf("\n");
  const [writtenBy, destination, wait, since, heads] = JSON.parse(text.slice(0, lineEnd));
  if (writtenBy !== version) throw new Error(`it is of version ${Number(writtenBy)}, this one reads ${version}`);
  const parcels: LeasedParcel[] = [];
  const dueAts: number[] = [];
  let at = lineEnd + 1;
  for (const [name, id, time, expires, group, length, attempts, dueAt] of heads as Head[]) {
    const body = text.slice(at, at + length);
    at += length;
    const expiresAt = expires ?? Number.POSITIVE_INFINITY;
    const key = `${messageId}.${parcels.length}`;
    parcels.push({ destination, name, id, time, expiresAt, group, body, key, attempts });
    dueAts.push(dueAt);
  }
  if (at !== text.length) throw new Error("it is not as long as it says");
  return { parcels, dueAts, wait, since };
}

type Head = [string, string, number, number | null, string, number, number, number];

/** A dead letter as a message: a line of JSON on its death, then a packet of one parcel. */
export function packDead(parcel: Parcel, { reason, detail, diedAt }: Death): string {
  const packet = pack(parcel.destination, [toRecord({ parcel, attempts: 0, dueAt: 0 })]);
  return `${JSON.stringify([reason, detail, diedAt])}\n${packet}`;
}

/** Throws when it is no dead letter. */
export function unpackDead(text: string): Parcel & Death {
  const lineEnd = text.indexOf("\n");
  const [reason, detail, diedAt] = JSON.parse(text.slice(0, lineEnd));
  const [first] = unpack(text.slice(lineEnd + 1), "").parcels;
  if (!first) throw new Error("it holds no parcel");
  const { key, attempts, ...parcel } = first;
  return { ...parcel, reason, detail, diedAt };
}
