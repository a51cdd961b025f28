import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ParcelHistory } from "../../outbox/added-parcel.js";
import { splitRecords, toParcel } from "../../outbox/record.js";
import { toSegments } from "../../outbox/segments.js";
import type { Counts } from "./counts.js";
import type { SeenKey } from "./seen-keys.js";

/** About the most text of a segment, UTF-16 units: so that unpacking one does not take long. */
const segmentLength = 1_000_000;

/** A row of any table. */
export type Row = Record<string, SQLOutputValue>;

/** A parcel to be written. */
export interface StagedParcel {
  readonly key: string;
  readonly destination: string;
  readonly record: string;
  readonly history?: ParcelHistory;
}

/** The parcels in the file: in segments as they came, and in rows of their own. Every method runs inside a transaction. */
export interface StoredParcels {
  /** Writes parcels as segments, those with a history as rows of their own. Gives the id of each. */
  insert(staged: readonly StagedParcel[]): SeenKey[];
  /** Whether the parcel of this id is there still. */
  isWaiting(id: number): boolean;
  hasSegment(destination: string): boolean;
  /** Puts the parcels of the oldest segment into rows of their own; says whether there was one. */
  unpackNext(destination: string): boolean;
  /** When the event happened whose parcel came first, ms; `undefined` when none waits. */
  oldest(destination: string): number | undefined;
}

/** Of an open outbox. */
export function createParcels(database: DatabaseSync, counts: Pick<Counts, "add">): StoredParcels {
  const lastIdOf = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'segments'");
  const updateLastId = database.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'segments'");
  const startLastId = database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('segments', ?)");
  const insertSegment = database.prepare(
    "INSERT INTO segments (last_id, count, destination, data) VALUES (?, ?, ?, ?)",
  );
  const anySegment = database.prepare("SELECT last_id FROM segments WHERE destination = ? LIMIT 1");
  const nextSegment = database.prepare(
    "SELECT last_id, data FROM segments WHERE destination = ? ORDER BY last_id LIMIT 1",
  );
  const segmentFrom = database.prepare(
    "SELECT last_id, count FROM segments WHERE last_id >= ? ORDER BY last_id LIMIT 1",
  );
  const deleteSegment = database.prepare("DELETE FROM segments WHERE last_id = ?");
  const insertParcel = database.prepare(
    "INSERT INTO parcels (id, destination, due_at, attempts, record) VALUES (?, ?, ?, ?, ?)",
  );
  const parcelExists = database.prepare("SELECT 1 AS yes FROM parcels WHERE id = ?");
  // In the order of the table: the first that fits ends it, where an index would have them all sorted.
  const oldestParcel = database.prepare(
    "SELECT id, record FROM parcels NOT INDEXED WHERE destination = ? ORDER BY id LIMIT 1",
  );

  /** A row's id is of the same numbers as a segment's. */
  function raiseLastId(id: number): void {
    if (Number(updateLastId.run(id).changes) === 0) startLastId.run(id);
  }

  return {
    insert(staged) {
      if (staged.length === 0) return [];
      let lastId = Number(lastIdOf.get()?.seq ?? 0);
      const keys: SeenKey[] = [];
      for (const [destination, group] of Map.groupBy(staged, ({ destination }) => destination)) {
        for (const { key, record, history } of group) {
          if (!history) continue;
          keys.push({ key, parcelId: ++lastId });
          insertParcel.run(lastId, destination, Math.max(history.dueAt, 1), history.attempts, record);
        }
        const fresh = group.filter(({ history }) => !history);
        for (const part of toSegments(fresh, segmentLength)) {
          for (const [index, { key }] of part.entries()) keys.push({ key, parcelId: lastId + index + 1 });
          lastId += part.length;
          insertSegment.run(lastId, part.length, destination, encode(part.map(({ record }) => record).join("")));
        }
        counts.add("waiting", destination, group.length);
      }
      if (staged.some(({ history }) => history)) raiseLastId(lastId);
      return keys;
    },
    isWaiting(id) {
      if (parcelExists.get(id)) return true;
      const segment = segmentFrom.get(id);
      return segment !== undefined && id > Number(segment.last_id) - Number(segment.count);
    },
    hasSegment: (destination) => anySegment.get(destination) !== undefined,
    unpackNext(destination) {
      const segment = nextSegment.get(destination);
      if (!segment) return false;
      const records = recordsOf(segment);
      const lastId = Number(segment.last_id);
      // First, so that the rows find free pages when the disk is full.
      deleteSegment.run(lastId);
      for (const [index, record] of records.entries()) {
        insertParcel.run(lastId - records.length + index + 1, destination, 0, 0, record);
      }
      return true;
    },
    oldest(destination) {
      // Ids number the parcels in order of arrival.
      const row = oldestParcel.get(destination);
      const segment = nextSegment.get(destination);
      const isUnpacked = row && !(segment && Number(segment.last_id) < Number(row.id));
      const record = isUnpacked ? String(row.record) : segment && recordsOf(segment)[0];
      return record === undefined ? undefined : toParcel(destination, record).time;
    },
  };
}

/** Used again for each segment: SQLite copies what it is given. */
let scratch = Buffer.allocUnsafe(0);

function encode(text: string): Uint8Array {
  if (scratch.length < 3 * text.length) scratch = Buffer.allocUnsafe(3 * text.length);
  return scratch.subarray(0, scratch.write(text));
}

function recordsOf({ data }: Row): string[] {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return splitRecords(Buffer.from(buffer, byteOffset, byteLength).toString());
}
