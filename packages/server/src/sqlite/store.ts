import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ParcelHistory } from "../outbox/added-parcel.js";
import type { OnceKeyPage, WaitingParcel } from "../outbox/movable-outbox.js";
import type { DeadLetter, DeadLetterFilter, LeasedParcel, Settlement, Taken } from "../outbox/outbox.js";
import { splitRecords, toKeyText, toParcel, toRecord } from "../outbox/record.js";
import { createCounts } from "./counts.js";
import type { AddGroup, AddOutcome, LetterRange, StoreSettings, StoreWork } from "./protocol.js";
import { createSeenKeys, hashKey, type SeenKey } from "./seen-keys.js";
import { isDiskFull, type StoreFault } from "./store-error.js";

/** Most parcels of a segment, and about the most text, UTF-16 units: so that unpacking one does not take long. */
const segmentParcels = 500;
const segmentLength = 1_000_000;
/** Dead letters that one step replays or purges. */
const deadLetterStep = 500;
/** The write-ahead log is emptied beyond this, bytes; usually it stays at 16 MB. */
const maxLog = 64_000_000;
/** What adding leaves free for deliveries to be written: of the disk's size, and at most, bytes. */
const reservedPart = 1 / 4;
const reservedBytes = 64_000_000;
/** Of that, what unpacking leaves free. */
const unpackingPart = 3 / 4;

type Row = Record<string, SQLOutputValue>;

/** A parcel to be written. */
interface Staged {
  readonly key: string;
  readonly destination: string;
  readonly record: string;
  readonly history?: ParcelHistory;
}

/** The outbox on an open database: synchronous, each method one transaction that is on disk when it returns. */
export function createStore(database: DatabaseSync, settings: StoreSettings): StoreWork {
  const { path, maxParcels, maxDeadLetters, maxOnce, maxBytes, deduplicationWindow, lease } = settings;
  const sql = prepareStatements(database);
  const counts = createCounts(database);
  const folder = dirname(path);
  const log = `${path}-wal`;
  const pageSize = Number(database.prepare("PRAGMA page_size").get()?.page_size);
  const { blocks, bsize } = statfsSync(folder);
  const reserved = Math.min(blocks * bsize * reservedPart, reservedBytes);
  const seen = createSeenKeys(database, deduplicationWindow, isWaiting);

  function transaction<Result>(work: () => Result): Result {
    tendLog();
    sql.begin.run();
    try {
      const result = work();
      counts.write();
      sql.commit.run();
      return result;
    } catch (error) {
      counts.forget();
      // SQLite may have rolled back by itself.
      if (database.isTransaction) sql.rollback.run();
      throw error;
    }
  }

  function isWaiting(id: number): boolean {
    if (sql.parcelExists.get(id)) return true;
    const segment = sql.segmentFrom.get(id);
    return segment !== undefined && id > Number(segment.last_id) - Number(segment.count);
  }

  function add(group: AddGroup, now: number): AddOutcome {
    const { sizes, destinations, keys, records, once, histories } = group;
    return transaction(() => {
      seen.catchUp();
      const noRoom = findNoRoom(records);
      const room = maxParcels - counts.total("waiting");
      const duplicates: number[] = [];
      const faults = new Map<number, StoreFault>();
      const staged = new Map<string, Staged>();
      const stagedOnce = new Set<string>();
      let position = 0;
      for (const [index, size] of sizes.entries()) {
        const own: string[] = [];
        const ownOnce: string[] = [];
        for (const end = position + size; position < end; position++) {
          const key = hashKey(keys[position] ?? "");
          const onceKey = once.get(position);
          const isKnown = staged.has(key) || seen.has(key, now);
          if (isKnown || (onceKey && (stagedOnce.has(onceKey) || isKnownOnce(onceKey)))) {
            duplicates.push(position);
            continue;
          }
          const [destination = "", record = ""] = [destinations[position], records[position]];
          staged.set(key, { key, destination, record, history: histories.get(position) });
          own.push(key);
          if (onceKey) {
            stagedOnce.add(onceKey);
            ownOnce.push(onceKey);
          }
        }
        const fault = noRoom ?? (staged.size > room ? tooMany(maxParcels - room) : undefined);
        if (!fault) continue;
        faults.set(index, fault);
        for (const key of own) staged.delete(key);
        for (const key of ownOnce) stagedOnce.delete(key);
      }
      keep([...staged.values()], now);
      registerOnce(stagedOnce);
      seen.prune(now);
      return { duplicates, faults };
    });
  }

  function tooMany(waiting: number): StoreFault {
    return full(`the outbox holds ${waiting} of at most ${maxParcels} parcels`);
  }

  function isKnownOnce(key: string): boolean {
    return sql.onceExists.get(Buffer.from(key, "hex")) !== undefined;
  }

  function registerOnce(keys: ReadonlySet<string> | readonly string[]): void {
    let count = 0;
    for (const key of keys) count += Number(sql.insertOnce.run(Buffer.from(key, "hex")).changes);
    if (count > 0) sql.trimOnce.run(maxOnce);
  }

  /** Writes parcels as segments, those with a history as rows of their own, and the keys of all. */
  function keep(staged: readonly Staged[], now: number): void {
    if (staged.length === 0) return;
    let lastId = Number(sql.lastId.get()?.seq ?? 0);
    const keys: SeenKey[] = [];
    for (const [destination, group] of Map.groupBy(staged, ({ destination }) => destination)) {
      for (const { key, record, history } of group) {
        if (!history) continue;
        keys.push({ key, parcelId: ++lastId });
        sql.insertParcel.run(lastId, destination, Math.max(history.dueAt, 1), history.attempts, record);
      }
      for (const part of toSegments(group.filter(({ history }) => !history))) {
        for (const [index, { key }] of part.entries()) keys.push({ key, parcelId: lastId + index + 1 });
        lastId += part.length;
        sql.insertSegment.run(lastId, part.length, destination, encode(part.map(({ record }) => record).join("")));
      }
      counts.add("waiting", destination, group.length);
    }
    if (staged.some(({ history }) => history)) raiseLastId(lastId);
    seen.add(keys, now);
  }

  /** A row's id is of the same numbers as a segment's. */
  function raiseLastId(id: number): void {
    if (Number(sql.raiseLastId.run(id).changes) === 0) sql.startLastId.run(id);
  }

  /** Each row may lie on a page of its own, and every page that changes goes into the log: fewer find room. */
  function fewerIfFull<Result>(most: number, lease: (most: number) => Result): Result {
    try {
      return lease(most);
    } catch (error) {
      if (most > 1 && isDiskFull(error)) return fewerIfFull(most >> 1, lease);
      throw error;
    }
  }

  function take(destination: string, most: number, now: number): Taken {
    return fewerIfFull(most, (count) => leaseDue(destination, count, now));
  }

  function leaseDue(destination: string, most: number, now: number): Taken {
    const unpacks = mayUnpack(destination);
    // Mostly there is nothing to take: that needs no lock.
    const dueAt = nextDueAt(destination, now, unpacks);
    if (dueAt !== now) return { parcels: [], nextDueAt: dueAt };
    return transaction(() => {
      const parcels: LeasedParcel[] = [];
      const leaseAll = (rows: readonly Row[]) => {
        for (const row of rows) {
          sql.postpone.run(now + lease, 0, Number(row.id));
          parcels.push(toLeased(destination, row));
        }
      };
      leaseAll(sql.due.all(destination, now, most));
      while (parcels.length < most) {
        const rows = sql.fresh.all(destination, most - parcels.length);
        leaseAll(rows);
        if (rows.length === 0 && !(unpacks && unpackNext(destination))) break;
      }
      return { parcels, nextDueAt: nextDueAt(destination, now, unpacks) };
    });
  }

  function leaseAny(destination: string, most: number, now: number): readonly WaitingParcel[] {
    return transaction(() => {
      const parcels: WaitingParcel[] = [];
      let rows = sql.any.all(destination, most);
      while (rows.length > 0 || (parcels.length < most && unpackNext(destination))) {
        for (const row of rows) {
          sql.postpone.run(now + lease, 0, Number(row.id));
          parcels.push({ ...toLeased(destination, row), dueAt: Number(row.due_at) });
        }
        rows = sql.fresh.all(destination, most - parcels.length);
      }
      return parcels;
    });
  }

  /** Rows take more room than the segment they come from: on a full disk, what is unpacked goes out first. */
  function mayUnpack(destination: string): boolean {
    return freeBytes() > reserved * unpackingPart || sql.nextDue.get(destination) === undefined;
  }

  /** Puts the parcels of the oldest segment into rows of their own. */
  function unpackNext(destination: string): boolean {
    const segment = sql.nextSegment.get(destination);
    if (!segment) return false;
    const records = recordsOf(segment);
    const lastId = Number(segment.last_id);
    // First, so that the rows find free pages when the disk is full.
    sql.deleteSegment.run(lastId);
    for (const [index, record] of records.entries()) {
      sql.insertParcel.run(lastId - records.length + index + 1, destination, 0, 0, record);
    }
    return true;
  }

  function nextDueAt(destination: string, now: number, unpacks: boolean): number | undefined {
    if (sql.fresh.get(destination, 1) || (unpacks && sql.hasSegment.get(destination))) return now;
    const next = sql.nextDue.get(destination);
    return next && Math.max(Number(next.due_at), now);
  }

  function settle(settlements: readonly Settlement[], now: number): void {
    try {
      writeOutcomes(settlements, now);
    } catch (error) {
      const half = settlements.length >> 1;
      if (half === 0 || !isDiskFull(error)) throw error;
      settle(settlements.slice(0, half), now);
      settle(settlements.slice(half), now);
    }
  }

  function writeOutcomes(settlements: readonly Settlement[], now: number): void {
    transaction(() => {
      let died = false;
      for (const settlement of settlements) {
        const id = Number(settlement.key);
        if (settlement.outcome === "retry") {
          // 0 is for parcels never taken.
          sql.postpone.run(Math.max(settlement.at, 1), settlement.counted ? 1 : 0, id);
          continue;
        }
        const row = sql.removeParcel.get(id);
        if (!row) continue;
        counts.add("waiting", String(row.destination), -1);
        if (settlement.outcome === "dead") {
          bury(row, settlement, now);
          died = true;
        }
      }
      if (died) trimDeadLetters();
    });
  }

  function bury(row: Row, { reason, detail }: Extract<Settlement, { outcome: "dead" }>, now: number): void {
    const [destination, record] = [String(row.destination), String(row.record)];
    const { expiresAt } = toParcel(destination, record);
    insertDead(destination, reason, detail, now, expiresAt, record);
  }

  function insertDead(...columns: [string, string, string, number, number, string]): void {
    sql.insertDead.run(...columns);
    counts.add("dead", "", 1);
  }

  function trimDeadLetters(): void {
    const excess = counts.total("dead") - maxDeadLetters;
    if (excess > 0) counts.add("dead", "", -Number(sql.trimDead.run(excess).changes));
  }

  /** Ids number the parcels in order of arrival. */
  function oldest(destination: string): number | undefined {
    const row = sql.oldest.get(destination);
    const segment = sql.nextSegment.get(destination);
    const isUnpacked = row && !(segment && Number(segment.last_id) < Number(row.id));
    const record = isUnpacked ? String(row.record) : segment && recordsOf(segment)[0];
    return record === undefined ? undefined : toParcel(destination, record).time;
  }

  function deadLetters(filter: DeadLetterFilter, after: number, limit: number) {
    const range = [after, Number.MAX_SAFE_INTEGER, Number.NEGATIVE_INFINITY] as const;
    return sql.deadLetters.all(...filterOf(filter), ...range, Math.min(limit, deadLetterStep)).map((row) => ({
      ...toParcel(String(row.destination), String(row.record)),
      key: String(row.id),
      reason: row.reason as NonNullable<DeadLetterFilter["reason"]>,
      detail: String(row.detail),
      diedAt: Number(row.died_at),
    }));
  }

  function replay(filter: DeadLetterFilter, { after, upTo }: LetterRange, now: number) {
    return transaction(() => {
      seen.catchUp();
      const last = upTo ?? Number(sql.lastDead.get()?.id ?? 0);
      const most = Math.min(Math.max(maxParcels - counts.total("waiting"), 0), deadLetterStep);
      const rows = sql.deadLetters.all(...filterOf(filter), after, last, now, most);
      const staged = new Map<string, Staged>();
      for (const row of rows) {
        const [destination, record] = [String(row.destination), String(row.record)];
        const key = hashKey(toKeyText(toParcel(destination, record)));
        sql.deleteDead.run(Number(row.id));
        if (!seen.waits(key) && !staged.has(key)) staged.set(key, { key, destination, record });
      }
      counts.add("dead", "", -rows.length);
      keep([...staged.values()], now);
      const lastRow = rows.at(-1);
      return { count: staged.size, left: lastRow && { after: Number(lastRow.id), upTo: last } };
    });
  }

  function purge(filter: DeadLetterFilter): number {
    return transaction(() => {
      const deleted = Number(sql.purgeDead.run(...filterOf(filter), deadLetterStep).changes);
      counts.add("dead", "", -deleted);
      return deleted;
    });
  }

  function adoptDeadLetters(letters: readonly DeadLetter[]): void {
    transaction(() => {
      for (const letter of letters) {
        const { destination, reason, detail, diedAt, expiresAt } = letter;
        insertDead(destination, reason, detail, diedAt, expiresAt, toRecord(letter));
      }
      trimDeadLetters();
    });
  }

  function dropDeadLetters(upTo: number): void {
    transaction(() => counts.add("dead", "", -Number(sql.dropDead.run(upTo).changes)));
  }

  function onceKeys(after: number, limit: number): OnceKeyPage {
    const rows = sql.onceKeys.all(after, limit);
    const keys = rows.map(({ key }) => Buffer.from(key as Uint8Array).toString("hex"));
    return { keys, ...(rows.length === limit && { next: String(rows.at(-1)?.id) }) };
  }

  /** Why nothing can be added for now. */
  function findNoRoom(records: readonly string[]): StoreFault | undefined {
    const pages = Number(sql.pageCount.get()?.page_count) - Number(sql.freePages.get()?.freelist_count);
    const bytes = pages * pageSize;
    if (bytes > maxBytes) return full(`${path} holds ${bytes} of at most ${maxBytes} bytes`);
    // Once in the log, and once more when the log goes into the file.
    const needed = 2 * records.reduce((sum, { length }) => sum + length, 0) + sizeOf(log) + reserved;
    return freeBytes() < needed
      ? full(`the disk of ${path} is nearly full: the rest is kept for deliveries`)
      : undefined;
  }

  function freeBytes(): number {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  }

  /** Empties the log where it is long, or where its content might not find room in the file later. */
  function tendLog(): void {
    const length = sizeOf(log);
    // SQLite starts the log anew when nobody reads it at that moment; under steady use by several that may not come.
    if (length <= maxLog && (length === 0 || freeBytes() > 2 * length + 2 * reserved)) return;
    try {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Another process reads, or the disk is full: what comes next may succeed all the same, and says so if not.
    }
  }

  // What was seen before the start, read at once so that the first add does not wait for it.
  seen.catchUp();

  return {
    add,
    take,
    takeAll: (destination, most, now) => fewerIfFull(most, (count) => leaseAny(destination, count, now)),
    settle,
    waiting: (destination) => (destination === undefined ? counts.total("waiting") : counts.of("waiting", destination)),
    oldest,
    deadLetters,
    replay,
    purge,
    destinations: () => sql.destinations.all().map(({ destination }) => String(destination)),
    adoptDeadLetters,
    dropDeadLetters,
    onceKeys,
    adoptOnceKeys: (keys) => transaction(() => registerOnce(keys)),
    close: () => database.close(),
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

function full(message: string): StoreFault {
  return { code: "outbox_full", message };
}

function toLeased(destination: string, row: Row): LeasedParcel {
  return { ...toParcel(destination, String(row.record)), key: String(row.id), attempts: Number(row.attempts) };
}

function toSegments(staged: readonly Staged[]): Staged[][] {
  const segments: Staged[][] = [];
  let length = 0;
  for (const one of staged) {
    const last = segments.at(-1);
    if (last && last.length < segmentParcels && length < segmentLength) last.push(one);
    else {
      segments.push([one]);
      length = 0;
    }
    length += one.record.length;
  }
  return segments;
}

/** The parameters of `whereFits`. */
function filterOf({ destination, reason }: DeadLetterFilter): (string | null)[] {
  const [ofDestination, forReason] = [destination ?? null, reason ?? null];
  return [ofDestination, ofDestination, forReason, forReason];
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Every statement, prepared once. */
function prepareStatements(database: DatabaseSync) {
  // Numbered parameters (?1) can not be given by position in Node 22.13.
  const whereFits = "(? IS NULL OR destination = ?) AND (? IS NULL OR reason = ?)";
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    lastId: database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'segments'"),
    raiseLastId: database.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'segments'"),
    startLastId: database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('segments', ?)"),
    destinations: database.prepare(
      "SELECT destination FROM counts WHERE what = 'waiting' AND number > 0 " +
        "UNION SELECT destination FROM dead_letters ORDER BY destination",
    ),
    insertSegment: database.prepare("INSERT INTO segments (last_id, count, destination, data) VALUES (?, ?, ?, ?)"),
    hasSegment: database.prepare("SELECT last_id FROM segments WHERE destination = ? LIMIT 1"),
    nextSegment: database.prepare("SELECT last_id, data FROM segments WHERE destination = ? ORDER BY last_id LIMIT 1"),
    deleteSegment: database.prepare("DELETE FROM segments WHERE last_id = ?"),
    segmentFrom: database.prepare("SELECT last_id, count FROM segments WHERE last_id >= ? ORDER BY last_id LIMIT 1"),
    insertParcel: database.prepare(
      "INSERT INTO parcels (id, destination, due_at, attempts, record) VALUES (?, ?, ?, ?, ?)",
    ),
    // In the order of the table: the first that fits ends it, where an index would have them all sorted.
    oldest: database.prepare("SELECT id, record FROM parcels NOT INDEXED WHERE destination = ? ORDER BY id LIMIT 1"),
    parcelExists: database.prepare("SELECT 1 AS yes FROM parcels WHERE id = ?"),
    due: database.prepare(
      "SELECT id, attempts, record FROM parcels WHERE destination = ? AND due_at > 0 AND due_at <= ? " +
        "ORDER BY due_at, id LIMIT ?",
    ),
    fresh: database.prepare(
      "SELECT id, due_at, attempts, record FROM parcels WHERE destination = ? AND due_at = 0 ORDER BY id LIMIT ?",
    ),
    any: database.prepare(
      "SELECT id, due_at, attempts, record FROM parcels WHERE destination = ? ORDER BY due_at, id LIMIT ?",
    ),
    nextDue: database.prepare("SELECT due_at FROM parcels WHERE destination = ? ORDER BY due_at LIMIT 1"),
    postpone: database.prepare("UPDATE parcels SET due_at = ?, attempts = attempts + ? WHERE id = ?"),
    removeParcel: database.prepare("DELETE FROM parcels WHERE id = ? RETURNING destination, record"),
    insertDead: database.prepare(
      "INSERT INTO dead_letters (destination, reason, detail, died_at, expires_at, record) " +
        "VALUES (?, ?, ?, ?, ?, ?)",
    ),
    deleteDead: database.prepare("DELETE FROM dead_letters WHERE id = ?"),
    dropDead: database.prepare("DELETE FROM dead_letters WHERE id <= ?"),
    trimDead: database.prepare(
      "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters ORDER BY id LIMIT ?)",
    ),
    deadLetters: database.prepare(
      `SELECT * FROM dead_letters WHERE ${whereFits} AND id > ? AND id <= ? AND expires_at > ? ORDER BY id LIMIT ?`,
    ),
    lastDead: database.prepare("SELECT max(id) AS id FROM dead_letters"),
    purgeDead: database.prepare(
      `DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE ${whereFits} LIMIT ?)`,
    ),
    onceExists: database.prepare("SELECT 1 AS yes FROM once WHERE key = ?"),
    insertOnce: database.prepare("INSERT OR IGNORE INTO once (key) VALUES (?)"),
    onceKeys: database.prepare("SELECT id, key FROM once WHERE id > ? ORDER BY id LIMIT ?"),
    trimOnce: database.prepare("DELETE FROM once WHERE id <= (SELECT max(id) FROM once) - ?"),
    pageCount: database.prepare("PRAGMA page_count"),
    freePages: database.prepare("PRAGMA freelist_count"),
  };
}
