import type { Parcel } from "../outbox/outbox.js";
import { toParcel, toRecord } from "../outbox/record.js";

/** Stand between records, and between segments: control characters, which JSON never holds as they are. */
const separator = "\u001e";
const segmentSeparator = "\u001d";
/** The same in SQL. */
export const separatorSql = "E'\\x1e'";
export const segmentSeparatorSql = "E'\\x1d'";

const escapeCharacter = "\u001b";
/** What a record may not hold, and what stands for it: what escapes, what no text of PostgreSQL holds, what separates. */
const escapes = [
  [escapeCharacter, `${escapeCharacter}e`],
  ["\0", `${escapeCharacter}0`],
  [separator, `${escapeCharacter}r`],
  [segmentSeparator, `${escapeCharacter}s`],
] as const;

/** A parcel as one text, but for its destination, that any text column takes. Never empty. */
export function toStored(parcel: Parcel): string {
  return escapes.reduce((text, [from, to]) => text.replaceAll(from, to), toRecord(parcel));
}

/** The parcel again. */
export function fromStored(destination: string, stored: string): Parcel {
  if (!stored.includes(escapeCharacter)) return toParcel(destination, stored);
  return toParcel(
    destination,
    escapes.reduceRight((text, [to, from]) => text.replaceAll(from, to), stored),
  );
}

export function joinRecords(records: readonly string[]): string {
  return records.join(separator);
}

/** The records of several segments. */
export function joinSegments(segments: readonly (readonly string[])[]): string {
  return segments.map(joinRecords).join(segmentSeparator);
}

/** The records of a segment by their place; places that are empty are empty texts. */
export function splitRecords(records: string): string[] {
  return records.split(separator);
}
