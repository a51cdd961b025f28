import { resolve } from "node:path";
import { BeaconryError, isBeaconryError } from "@beaconry/core";
import { checkAudienceRule, eventsNeeded, type FunnelEvent, membersOf } from "@beaconry/core/funnel";
import { aFunction, checkOptions, numberFrom, type Rule, required, someText } from "@beaconry/core/internal";
import { parsePhone } from "@beaconry/core/phone";
import { identifiersOfUser, toHashedPerson } from "../../journal/identifiers.js";
import type { HashedPerson, Journal, JournalQuery } from "../../journal/journal.js";
import { keepStoreThread, type StoreThread } from "../store-thread.js";
import {
  identifierKinds,
  type JournalRange,
  type JournalRow,
  type JournalSettings,
  type StoredIdentifier,
} from "./journal-work.js";

/** Options of {@link sqliteJournal}. */
export interface SqliteJournalOptions {
  /** The file; made if there is none, readable by its owner only. Its folder must exist, on a disk of this machine. */
  path: string;
  /** How long events are kept after they happened, days. Default 180. */
  keepDays?: number;
  /** The clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
}

const rules = {
  path: required(someText),
  keepDays: numberFrom(1, 3_650, "days from 1 to 3650"),
  now: aFunction,
} satisfies Record<keyof SqliteJournalOptions, Rule>;

const day = 86_400_000;
/** People whose hashes are read at once. */
const peopleStep = 500;

/**
 * A journal in a SQLite file. A thread of its own reads and writes; several processes may share the file. Throws
 * `invalid_option`, or `journal_failed` when the file can not be used.
 */
export function sqliteJournal(options: SqliteJournalOptions): Journal {
  checkOptions("sqliteJournal", options, rules);
  const { keepDays = 180, now = Date.now } = options;
  const settings = { path: resolve(options.path), keep: keepDays * day };
  const thread = start(settings, now);
  let closed: Promise<void> | undefined;

  const ask: StoreThread<"journal">["ask"] = async (name, ...args) => {
    if (closed) throw new BeaconryError("closed", "the journal is closed");
    return thread.ask(name, ...args).catch(fail);
  };

  async function* events({ from = 0, to = Number.MAX_SAFE_INTEGER, names }: JournalQuery = {}) {
    for (const name of names ?? (await ask("names"))) {
      let range: JournalRange | undefined = { name, from, to };
      while (range) {
        const page: Awaited<ReturnType<typeof askPage>> = await askPage(range);
        for (const { time, person, value, currency } of page.events) {
          yield {
            name,
            time,
            identifiers: person === null ? [] : [String(person)],
            ...(value !== null && { value }),
            ...(currency !== null && { currency }),
          } satisfies FunnelEvent;
        }
        range = page.next && { name, from, to, after: page.next };
      }
    }
  }

  const askPage = (range: JournalRange) => ask("page", range);

  async function* members(rule: Parameters<Journal["members"]>[0], at = now()): AsyncGenerator<HashedPerson> {
    checkAudienceRule(rule);
    const { days, names } = eventsNeeded(rule);
    const needed = events({ names, to: at + 1, ...(days !== undefined && { from: at - days * day }) });
    let step: number[] = [];
    for await (const { identifiers } of membersOf(rule, needed, { now: at })) {
      step.push(Number(identifiers[0]));
      if (step.length < peopleStep) continue;
      yield* hashesOf(step);
      step = [];
    }
    yield* hashesOf(step);
  }

  async function* hashesOf(people: readonly number[]): AsyncGenerator<HashedPerson> {
    for (const identifiers of await ask("identifiers", people)) {
      yield toHashedPerson(
        identifiers.flatMap(([kind, hash]) => (identifierKinds[kind] ? [[identifierKinds[kind], hash] as const] : [])),
      );
    }
  }

  return {
    record: async (list) => ask("record", list.map(toRow), now()),
    events,
    members,
    async erase(person) {
      const identifiers = identifiersOfUser(person, parsePhone).map(readIdentifier);
      for (let erased = 0; ; ) {
        const step = await ask("erase", identifiers);
        if (step === undefined) return erased;
        erased += step;
      }
    },
    status: () => ask("status"),
    close() {
      closed ??= thread.isAlive ? thread.ask("close").catch(fail) : Promise.resolve();
      return closed;
    },
  };
}

function start(settings: JournalSettings, now: () => number): StoreThread<"journal"> {
  try {
    return keepStoreThread("journal", settings, now);
  } catch (error) {
    return fail(error);
  }
}

/** What a store says of its file is the same whatever it holds; the code is a journal's. */
function fail(error: unknown): never {
  if (isBeaconryError(error) && (error.code === "outbox_failed" || error.code === "outbox_full")) {
    throw new BeaconryError("journal_failed", error.message, { cause: error });
  }
  throw error;
}

function toRow({ identifiers, ...event }: FunnelEvent): JournalRow {
  return { ...event, identifiers: identifiers.map(readIdentifier) };
}

function readIdentifier(text: string): StoredIdentifier {
  const [, name = "", hash = ""] = /^(\w+):([\da-f]{64})$/.exec(text) ?? [];
  const kind = (identifierKinds as readonly string[]).indexOf(name);
  if (kind < 0) {
    const kinds = identifierKinds.join(", ");
    throw new BeaconryError(
      "invalid_option",
      `an identifier is no kind and hash: accepted are ${kinds} with a SHA-256`,
    );
  }
  return [kind, hash];
}
