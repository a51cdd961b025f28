import type { DeadLetter, DeadLetterFilter, DeadLetterPage } from "../outbox/outbox.js";
import type { Database, Row } from "./database.js";
import { type Keeper, toArray } from "./keep-parcels.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";
import { fromStored, joinRecords, toStored } from "./stored-record.js";
import type { Times } from "./times.js";

/** Dead letters that one statement reads, replays, writes or purges. */
const step = 500;

/** What {@link createLetters} works with. */
export interface LettersParts {
  readonly database: Database;
  readonly statements: Statements;
  readonly settings: Settings;
  readonly times: Times;
  readonly keeper: Pick<Keeper, "restore">;
}

/** The dead letters of an outbox. */
export function createLetters({ database, statements, settings, times, keeper }: LettersParts) {
  const { query, transact } = database;

  async function list({ after = "0", limit = Number.POSITIVE_INFINITY, ...filter }: DeadLetterPage = {}) {
    const letters: DeadLetter[] = [];
    for (let last = after; letters.length < limit; last = letters.at(-1)?.key ?? last) {
      const most = Math.min(limit - letters.length, step);
      const rows = await query(statements.deadLetters, [...filterOf(filter), last, most]);
      letters.push(...rows.map(toLetter));
      if (rows.length < most) break;
    }
    return letters;
  }

  async function replay(filter: DeadLetterFilter = {}): Promise<number> {
    // What dies meanwhile is not of it.
    const [last] = await query(statements.lastDeadLetter);
    let replayed = 0;
    for (let after: unknown = 0; ; ) {
      const { count, lastKey } = await transact(async (within) => {
        const [row] = await within(statements.waiting, [null]);
        const most = Math.min(Math.max(settings.maxParcels - Number(row?.number), 0), step);
        const values = [...filterOf(filter), after, last?.id, most, times.stamp()];
        const rows = await within(statements.leaveDeadLetters, values);
        const parcels = rows.map(({ destination, record }) => fromStored(String(destination), String(record)));
        return { count: await keeper.restore(within, parcels), lastKey: rows.at(-1)?.id };
      });
      replayed += count;
      if (lastKey === undefined) return replayed;
      after = lastKey;
    }
  }

  async function purge(filter: DeadLetterFilter = {}): Promise<number> {
    for (let purged = 0; ; ) {
      const [row] = await query(statements.purge, [...filterOf(filter), step]);
      const number = Number(row?.number);
      purged += number;
      if (number === 0) return purged;
    }
  }

  async function adopt(letters: readonly DeadLetter[]): Promise<void> {
    for (let at = 0; at < letters.length; at += step) {
      const some = letters.slice(at, at + step);
      await query(statements.adoptDeadLetters, [
        some.map(({ destination }) => destination),
        some.map(({ reason }) => reason),
        some.map(({ detail }) => JSON.stringify(detail)),
        toArray(some.map(({ diedAt }) => Math.floor(diedAt))),
        toArray(some.map(({ expiresAt }) => expiresAt)),
        joinRecords(some.map(toStored)),
      ]);
    }
    await query(statements.trimDeadLetters, [settings.maxDeadLetters]);
  }

  return {
    list,
    replay,
    purge,
    adopt,
    drop: async (upTo: string): Promise<void> => void (await query(statements.dropDeadLetters, [upTo])),
  };
}

/** The parameters of a filter. */
function filterOf({ destination, reason }: DeadLetterFilter) {
  return [destination ?? null, reason ?? null];
}

function toLetter({ id, destination, reason, detail, died_at, record }: Row): DeadLetter {
  return {
    ...fromStored(String(destination), String(record)),
    key: String(id),
    reason: reason as DeadLetter["reason"],
    detail: JSON.parse(String(detail)),
    diedAt: Number(died_at),
  };
}
