import type { DatabaseSync } from "node:sqlite";
import type { DeadLetter, DeadLetterFilter, Settlement } from "../../outbox/outbox.js";
import { toKeyText, toParcel, toRecord } from "../../outbox/record.js";
import type { LetterRange, StoreWork } from "../protocol.js";
import type { Counts } from "./counts.js";
import type { StagedParcel, StoredParcels } from "./parcels.js";
import { hashKey, type SeenKeys } from "./seen-keys.js";
import type { Transact } from "./transact.js";

/** Dead letters that one step lists, replays or purges. */
const step = 500;

/** What {@link createLetters} works with. */
export interface LettersParts {
  readonly database: DatabaseSync;
  readonly transact: Transact;
  readonly parcels: StoredParcels;
  readonly seen: SeenKeys;
  readonly counts: Counts;
  readonly maxParcels: number;
  readonly maxDeadLetters: number;
}

/** The dead letters of an outbox. */
export interface StoredLetters {
  /** Keeps one more. Runs inside a transaction, as `trim`. */
  bury(destination: string, record: string, death: Extract<Settlement, { outcome: "dead" }>, now: number): void;
  /** Lets the oldest go, beyond the most. */
  trim(): void;
  readonly list: StoreWork["deadLetters"];
  readonly replay: StoreWork["replay"];
  readonly purge: StoreWork["purge"];
  readonly adopt: StoreWork["adoptDeadLetters"];
  readonly drop: StoreWork["dropDeadLetters"];
}

/** Of an open outbox. */
export function createLetters(parts: LettersParts): StoredLetters {
  const { database, transact, parcels, seen, counts, maxParcels, maxDeadLetters } = parts;
  // Numbered parameters (?1) can not be given by position in Node 22.13.
  const whereFits = "(? IS NULL OR destination = ?) AND (? IS NULL OR reason = ?)";
  const insert = database.prepare(
    "INSERT INTO dead_letters (destination, reason, detail, died_at, expires_at, record) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const select = database.prepare(
    `SELECT * FROM dead_letters WHERE ${whereFits} AND id > ? AND id <= ? AND expires_at > ? ORDER BY id LIMIT ?`,
  );
  const lastOf = database.prepare("SELECT max(id) AS id FROM dead_letters");
  const deleteOne = database.prepare("DELETE FROM dead_letters WHERE id = ?");
  const deleteUpTo = database.prepare("DELETE FROM dead_letters WHERE id <= ?");
  const deleteOldest = database.prepare(
    "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters ORDER BY id LIMIT ?)",
  );
  const deleteFitting = database.prepare(
    `DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE ${whereFits} LIMIT ?)`,
  );

  /** Gives how many there were. */
  function removed({ changes }: { readonly changes: number | bigint }): number {
    counts.add("dead", "", -Number(changes));
    return Number(changes);
  }

  function keep(...columns: [string, string, string, number, number, string]): void {
    insert.run(...columns);
    counts.add("dead", "", 1);
  }

  function trim(): void {
    const excess = counts.total("dead") - maxDeadLetters;
    if (excess > 0) removed(deleteOldest.run(excess));
  }

  function list(filter: DeadLetterFilter, after: number, limit: number): readonly DeadLetter[] {
    const range = [after, Number.MAX_SAFE_INTEGER, Number.NEGATIVE_INFINITY] as const;
    return select.all(...filterOf(filter), ...range, Math.min(limit, step)).map((row) => ({
      ...toParcel(String(row.destination), String(row.record)),
      key: String(row.id),
      reason: row.reason as DeadLetter["reason"],
      detail: String(row.detail),
      diedAt: Number(row.died_at),
    }));
  }

  function replay(filter: DeadLetterFilter, { after, upTo }: LetterRange, now: number) {
    return transact(() => {
      seen.catchUp();
      const last = upTo ?? Number(lastOf.get()?.id ?? 0);
      const most = Math.min(Math.max(maxParcels - counts.total("waiting"), 0), step);
      const rows = select.all(...filterOf(filter), after, last, now, most);
      const staged = new Map<string, StagedParcel>();
      for (const row of rows) {
        const [destination, record] = [String(row.destination), String(row.record)];
        const key = hashKey(toKeyText(toParcel(destination, record)));
        removed(deleteOne.run(Number(row.id)));
        if (!seen.waits(key) && !staged.has(key)) staged.set(key, { key, destination, record });
      }
      seen.add(parcels.insert([...staged.values()]), now);
      const lastRow = rows.at(-1);
      return { count: staged.size, left: lastRow && { after: Number(lastRow.id), upTo: last } };
    });
  }

  return {
    bury(destination, record, { reason, detail }, now) {
      keep(destination, reason, detail, now, toParcel(destination, record).expiresAt, record);
    },
    trim,
    list,
    replay,
    purge: (filter) => transact(() => removed(deleteFitting.run(...filterOf(filter), step))),
    adopt: (letters) =>
      transact(() => {
        for (const letter of letters) {
          const { destination, reason, detail, diedAt, expiresAt } = letter;
          keep(destination, reason, detail, diedAt, expiresAt, toRecord(letter));
        }
        trim();
      }),
    drop: (upTo) => void transact(() => removed(deleteUpTo.run(upTo))),
  };
}

/** The parameters of `whereFits`. */
function filterOf({ destination, reason }: DeadLetterFilter): (string | null)[] {
  const [ofDestination, forReason] = [destination ?? null, reason ?? null];
  return [ofDestination, ofDestination, forReason, forReason];
}
