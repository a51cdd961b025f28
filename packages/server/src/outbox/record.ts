import type { Parcel } from "./outbox.js";

/**
 * A parcel as one text, but for its destination: a line of JSON, then the body. The line says how long the body is, in
 * UTF-16 units, so that a body may hold anything and records may stand one after the other.
 */
export function toRecord({ name, id, time, expiresAt, group, body }: Parcel): string {
  // JSON has no Infinity: it becomes null.
  return `${JSON.stringify([name, id, time, expiresAt, group, body.length])}\n${body}`;
}

/** The parcel again. */
export function toParcel(destination: string, record: string): Parcel {
  const lineEnd = record.indexOf("\n");
  const [name, id, time, expiresAt, group] = JSON.parse(record.slice(0, lineEnd));
  const body = record.slice(lineEnd + 1);
  return { destination, name, id, time, expiresAt: expiresAt ?? Number.POSITIVE_INFINITY, group, body };
}

/** Records that stand one after the other. Throws when they do not add up. */
export function splitRecords(text: string): string[] {
  const records: string[] = [];
  for (let at = 0, end = 0; at < text.length; at = end) {
    const lineEnd = text.indexOf("\n", at);
    const length = JSON.parse(text.slice(at, lineEnd)).at(-1);
    end = lineEnd + 1 + length;
    if (!(end <= text.length)) throw new Error("a record is longer than what holds it");
    records.push(text.slice(at, end));
  }
  return records;
}

/** What makes two parcels the same, as one text. The lengths come first, so that no two lists of texts become one. */
export function toKeyText({ destination, name, id }: Parcel): string {
  return `${destination.length},${name.length},${id.length}:${destination}${name}${id}`;
}
