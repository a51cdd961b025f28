import type { DatabaseSync } from "node:sqlite";
import { busyTimeout } from "../schema.js";
import { hashKey } from "../store/seen-keys.js";
import { createJournalPeople } from "./journal-people.js";
import type {
  JournalPage,
  JournalRange,
  JournalRow,
  JournalSettings,
  JournalWork,
  StoredIdentifier,
} from "./journal-work.js";

/** Identifiers and keys are scattered over the file: kept in memory, KiB. */
const cacheSize = 65_536;
/** Events read, or deleted, in one step: others get their turn between. */
const stepSize = 2_000;
/** Old events are looked for so often at most, ms. */
const pruneInterval = 10_000;

/** The work of a journal on its open file. */
export function createJournalStore(database: DatabaseSync, { keep }: JournalSettings): JournalWork {
  // What is deleted is overwritten: whoever is erased is not to be found in the file any more.
  database.exec(`PRAGMA cache_size = -${cacheSize}; PRAGMA secure_delete = ON`);
  const people = createJournalPeople(database);
  const nameIds = new Map<string, number>();
  const findName = database.prepare("SELECT id FROM names WHERE name = ?");
  const insertName = database.prepare("INSERT INTO names (name) VALUES (?)");
  const allNames = database.prepare("SELECT id, name FROM names ORDER BY name");
  const insertEvent = database.prepare(
    "INSERT INTO events (name, time, person, value, currency, key) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const hasEvent = database.prepare("SELECT 1 FROM events WHERE key = ?");
  const selectPage = database.prepare(
    `SELECT id, time, person, value, currency FROM events
     WHERE name = ? AND (time, id) > (?, ?) AND time < ? ORDER BY time, id LIMIT ${stepSize}`,
  );
  const selectOld = database.prepare(
    `SELECT id, person FROM events WHERE name = ? AND time < ? ORDER BY time LIMIT ${stepSize}`,
  );
  const selectOfPerson = database.prepare(`SELECT id FROM events WHERE person = ? LIMIT ${stepSize}`);
  const hasEvents = database.prepare("SELECT 1 FROM events WHERE person = ? LIMIT 1");
  const deleteEvent = database.prepare("DELETE FROM events WHERE id = ?");
  const countEvents = database.prepare("SELECT count(*) AS count FROM events");
  const oldestOf = database.prepare("SELECT min(time) AS time FROM events WHERE name = ?");
  const emptyLog = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  let prunedAt = Number.NEGATIVE_INFINITY;
  /** Whether the log still has the pages of somebody who was erased: it can not be emptied while another process reads. */
  let holdsErased = false;

  function within<Result>(work: () => Result): Result {
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      // Names that were added are gone with the transaction.
      nameIds.clear();
      throw error;
    }
  }

  function nameId(name: string, make: boolean): number | undefined {
    const known = nameIds.get(name) ?? findName.get(name)?.id;
    const id = known === undefined && make ? insertName.run(name).lastInsertRowid : known;
    if (id !== undefined) nameIds.set(name, Number(id));
    return id === undefined ? undefined : Number(id);
  }

  function insert({ name, time, identifiers, id, value, currency }: JournalRow): void {
    const key = id === undefined ? null : Buffer.from(hashKey(`${name.length}:${name}${id}`), "latin1");
    const isCopy = key !== null && hasEvent.get(key) !== undefined;
    // A copy is left out, but may know the person by more: the browser's copy had no e-mail address. That its id is the
    // same makes nobody the same person: anybody may say any order's number.
    const person = people.find(identifiers, !isCopy);
    if (isCopy) return;
    insertEvent.run(nameId(name, true) as number, time, person, value ?? null, currency ?? null, key);
  }

  /** Deletes, in a step, what is past its time, and people of whom nothing is left. */
  function prune(now: number): void {
    const touched = new Set<number>();
    let left = stepSize;
    for (const { id: name } of allNames.all()) {
      const old = selectOld.all(Number(name), now - keep).slice(0, left);
      for (const { id, person } of old) {
        deleteEvent.run(Number(id));
        if (person !== null) touched.add(Number(person));
      }
      left -= old.length;
      if (left === 0) break;
    }
    for (const person of touched) if (!hasEvents.get(person)) people.forget(person);
    if (left > 0) prunedAt = now;
  }

  function eraseStep(identifiers: readonly StoredIdentifier[]): number | undefined {
    const [person] = people.known(identifiers);
    if (person === undefined) return undefined;
    const events = selectOfPerson.all(person);
    for (const { id } of events) deleteEvent.run(Number(id));
    if (events.length < stepSize) people.forget(person);
    return events.length;
  }

  /** @param patience how long to wait for others, ms */
  function forgetErased(patience: number): void {
    holdsErased = true;
    database.exec(`PRAGMA busy_timeout = ${patience}`);
    try {
      holdsErased = emptyLog.get()?.busy !== 0;
    } catch {
      // Tried again when the next event is recorded.
    } finally {
      database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    }
  }

  return {
    record(rows, now) {
      within(() => {
        for (const row of rows) if (row.time >= now - keep) insert(row);
        if (Math.abs(now - prunedAt) >= pruneInterval) prune(now);
      });
      if (holdsErased) forgetErased(0);
    },
    names: () => allNames.all().map(({ name }) => String(name)),
    page: (range) => readPage(range),
    identifiers: (list) => list.map((person) => people.identifiersOf(person)),
    erase(identifiers) {
      const erased = within(() => eraseStep(identifiers));
      // The log has the pages as they were.
      if (erased === undefined) forgetErased(busyTimeout);
      return erased;
    },
    status: () => {
      const times = allNames.all().flatMap(({ id }) => oldestOf.get(Number(id))?.time ?? []);
      const oldest = times.length === 0 ? undefined : Math.min(...times.map(Number));
      return {
        events: Number(countEvents.get()?.count),
        people: people.count(),
        ...(oldest !== undefined && { oldest }),
      };
    },
    close: () => database.close(),
  };

  function readPage({ name, from, to, after }: JournalRange): JournalPage {
    const id = nameId(name, false);
    if (id === undefined) return { events: [] };
    // Ids are positive, so that this starts before the first event at `from`.
    const [time, last] = after ?? [from, 0];
    const rows = selectPage.all(id, time, last, to) as unknown as (JournalPage["events"][number] & { id: number })[];
    const end = rows.length === stepSize ? rows.at(-1) : undefined;
    return {
      events: rows.map(({ time, person, value, currency }) => ({ time, person, value, currency })),
      ...(end && { next: [end.time, end.id] as const }),
    };
  }
}
