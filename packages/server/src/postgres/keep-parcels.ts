import { hash } from "node:crypto";
import { BeaconryError } from "@beaconry/core";
import type { AddedParcel } from "../outbox/added-parcel.js";
import type { AddOutcomes } from "../outbox/group-commit.js";
import { toOnceKey } from "../outbox/once-key.js";
import type { Parcel } from "../outbox/outbox.js";
import { toKeyText } from "../outbox/record.js";
import { toSegments } from "../outbox/segments.js";
import { type Database, insist, type PostgresQueryable, type Query, type Row } from "./database.js";
import { toFault } from "./postgres-error.js";
import { slotsPerSegment } from "./schema.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";
import { fromStored, joinRecords, joinSegments, toStored } from "./stored-record.js";
import type { Times } from "./times.js";

/** About the most text of a segment, UTF-16 units: what is leased and written back together. */
const segmentLength = 500_000;
/** Arrivals that become segments in one transaction, and the most such transactions in a row. */
const arrivalStep = 500;
const maxArrivalSteps = 20;
/** Only what waits is a duplicate. */
const noWindow = 0;

/** A parcel ready to be written. */
interface Staged {
  /** Of what makes it the same as another: 32 hexadecimal digits. They tell nothing of ids such as order numbers. */
  readonly key: string;
  readonly once?: string;
  readonly destination: string;
  /** What shares a segment. */
  readonly lot: string;
  readonly record: string;
  readonly history?: AddedParcel["history"];
}

/** Facts about parcels: positions, from 1, of keys that are duplicates and of texts of once that are known. */
interface Known {
  readonly keys: ReadonlySet<number>;
  readonly once: ReadonlySet<number>;
}

const nothing: Known = { keys: new Set(), once: new Set() };

/** How parcels are written, and against what they are held. */
interface Manner {
  readonly most: number;
  /** ms */
  readonly window: number;
  /** Whether what waits among the arrivals counts. */
  readonly arrivals: boolean;
}

/** Puts parcels into the database. */
export interface Keeper {
  /** The parcels of several calls: what became of each call. */
  commit(calls: readonly (readonly AddedParcel[])[]): Promise<readonly (AddOutcomes | BeaconryError)[]>;
  /** In a transaction of the caller's. */
  commitWithin(transaction: PostgresQueryable, parcels: readonly Parcel[]): Promise<AddOutcomes>;
  /** Makes segments of what transactions of others put in. */
  bringIn(): Promise<void>;
  /** Keeps, in the given transaction, what does not wait already; gives the number. */
  restore(query: Query, parcels: readonly Parcel[]): Promise<number>;
}

/** What a keeper works with. */
export interface KeeperParts {
  readonly database: Database;
  readonly statements: Statements;
  readonly settings: Settings;
  readonly times: Times;
  /** So many parcels were kept. */
  readonly onKept: (count: number) => void;
}

export function createKeeper({ database, statements, settings, times, onKept }: KeeperParts): Keeper {
  const { maxParcels, maxOnce, deduplicationWindow, timeout } = settings;
  const usual: Manner = { most: maxParcels, window: deduplicationWindow, arrivals: true };
  const unlimited = { most: Number.MAX_SAFE_INTEGER, arrivals: false };

  async function readKnown(query: Query, staged: readonly Staged[], { window, arrivals }: Omit<Manner, "most">) {
    const keys = toArray(staged.map(({ key }) => key));
    const once = toArray(staged.map((one) => one.once));
    const [row] = await query(statements.known, [times.stamp(), keys, once, window, arrivals]);
    return { waiting: Number(row?.waiting), keys: readPositions(row?.keys), once: readPositions(row?.once) };
  }

  /** All or none. Gives which were kept, or `undefined` when there was no room. */
  async function insert(query: Query, chosen: readonly Staged[], { most, window, arrivals }: Manner) {
    if (chosen.length === 0) return new Set<Staged>();
    const lots = Map.groupBy(chosen, ({ lot }) => lot).values();
    const segments = [...lots].flatMap((lot) => toSegments(lot, segmentLength));
    const ordered = segments.flat();
    const firsts = segments.map(([first]) => first as Staged);
    const once = chosen.filter((one) => one.once !== undefined);
    const [row] = await query(statements.insert, [
      times.stamp(),
      toArray(ordered.map(({ key }) => key)),
      toArray(segments.flatMap((ofOne, index) => ofOne.map((_, place) => (index + 1) * slotsPerSegment + place))),
      joinSegments(segments.map((ofOne) => ofOne.map(({ record }) => record))),
      firsts.map(({ destination }) => destination),
      toArray(firsts.map(({ history }) => (history ? Math.max(Math.ceil(history.dueAt), 1) : 0))),
      toArray(firsts.map(({ history }) => history?.attempts ?? 0)),
      most,
      window,
      arrivals,
      toArray(once.map((one) => one.once)),
      toArray(once.map((one) => ordered.indexOf(one) + 1)),
    ]);
    if (!row?.enough) return undefined;
    const duplicates = readPositions(row.duplicates);
    if (once.length > 0) await query(statements.trimOnce, [maxOnce]);
    return new Set(ordered.filter((_, index) => !duplicates.has(index + 1)));
  }

  /**
   * Mostly one statement. When that finds too little room, or something is once for ever, which parcels are meant is
   * found out first.
   */
  async function write(calls: readonly (readonly Staged[])[]): Promise<readonly (AddOutcomes | BeaconryError)[]> {
    const isSimple = calls.every((call) => call.every(({ once }) => once === undefined));
    if (isSimple) {
      const { chosen } = choose(calls, nothing, Number.POSITIVE_INFINITY);
      const kept = await insert(database.query, chosen, usual);
      if (kept) return report(calls, kept);
    }
    const known = await readKnown(database.query, calls.flat(), usual);
    const { chosen, refused } = choose(calls, known, maxParcels - known.waiting);
    const kept = await insert(database.query, chosen, usual);
    if (kept) return report(calls, kept, refused, () => full(known.waiting));
    // Others were quicker.
    return report(calls, new Set(), new Set(calls), () => full(known.waiting));
  }

  function report(
    calls: readonly (readonly Staged[])[],
    kept: ReadonlySet<Staged>,
    refused: ReadonlySet<readonly Staged[]> = new Set(),
    toRefusal?: () => BeaconryError,
  ) {
    if (kept.size > 0) onKept(kept.size);
    return calls.map((call) =>
      toRefusal && refused.has(call)
        ? toRefusal()
        : call.map((one): AddOutcomes[number] => (kept.has(one) ? "added" : "duplicate")),
    );
  }

  function full(waiting: number): BeaconryError {
    return new BeaconryError("outbox_full", `the outbox holds ${waiting} of at most ${maxParcels} parcels`);
  }

  async function bringInSome(query: Query): Promise<number> {
    const rows = await query(statements.leaveArrivals, [arrivalStep]);
    if (rows.length === 0) return 0;
    const staged = rows.map(toStaged);
    const manner = { ...unlimited, window: deduplicationWindow };
    const { chosen } = choose([staged], await readKnown(query, staged, manner), Number.POSITIVE_INFINITY);
    await insert(query, chosen, manner);
    return rows.length;
  }

  return {
    async commit(calls) {
      const staged = calls.map((call) => call.map(stage));
      try {
        return await insist(timeout, () => write(staged));
      } catch (error) {
        const fault = toFault(error);
        return calls.map(() => fault);
      }
    },
    async commitWithin(transaction, parcels) {
      const staged = parcels.map(stage);
      const query: Query = async (text, values) => (await transaction.query(text, values && [...values])).rows;
      try {
        const known = await readKnown(query, staged, usual);
        const { chosen, refused } = choose([staged], known, maxParcels - known.waiting);
        if (refused.size > 0) throw full(known.waiting);
        if (chosen.length > 0) {
          await query(statements.arrive, [
            toArray(chosen.map(({ key }) => key)),
            toArray(chosen.map(({ once }) => once)),
            chosen.map(({ destination }) => destination),
            joinRecords(chosen.map(({ record }) => record)),
            settings.channel,
          ]);
        }
        const kept = new Set(chosen);
        return staged.map((one) => (kept.has(one) ? "added" : "duplicate"));
      } catch (error) {
        throw toFault(error);
      }
    },
    async bringIn() {
      for (let step = 0; step < maxArrivalSteps; step++) {
        if ((await database.transact(bringInSome)) < arrivalStep) return;
      }
    },
    async restore(query, parcels) {
      const staged = parcels.map(stage);
      const manner = { ...unlimited, window: noWindow };
      const { chosen } = choose([staged], await readKnown(query, staged, manner), Number.POSITIVE_INFINITY);
      const kept = await insert(query, chosen, manner);
      return kept?.size ?? 0;
    },
  };
}

/**
 * Chooses what is to be kept: of the same event, or what is once for ever, the first. A call that has no room is refused
 * as a whole.
 */
function choose(calls: readonly (readonly Staged[])[], known: Known, room: number) {
  const chosen = new Map<string, Staged>();
  const once = new Set<string>();
  const refused = new Set<readonly Staged[]>();
  let position = 0;
  for (const call of calls) {
    const own: Staged[] = [];
    for (const staged of call) {
      position++;
      const { key, once: onceKey } = staged;
      if (chosen.has(key) || known.keys.has(position)) continue;
      if (onceKey !== undefined) {
        if (once.has(onceKey) || known.once.has(position)) continue;
        once.add(onceKey);
      }
      chosen.set(key, staged);
      own.push(staged);
    }
    if (chosen.size <= room || own.length === 0) continue;
    refused.add(call);
    for (const { key, once: onceKey } of own) {
      chosen.delete(key);
      if (onceKey !== undefined) once.delete(onceKey);
    }
  }
  return { chosen: [...chosen.values()], refused };
}

function stage(parcel: AddedParcel): Staged {
  const { destination, group, once, history } = parcel;
  return {
    key: hash("sha256", toKeyText(parcel), "hex").slice(0, 32),
    ...(once !== undefined && { once: toOnceKey(destination, once) }),
    destination,
    lot: JSON.stringify([destination, group, history?.attempts, history?.dueAt]),
    record: toStored(parcel),
    ...(history && { history }),
  };
}

function toStaged({ key, once, destination, record }: Row): Staged {
  const { group } = fromStored(String(destination), String(record));
  return {
    key: String(key),
    ...(once !== null && { once: String(once) }),
    destination: String(destination),
    lot: JSON.stringify([destination, group]),
    record: String(record),
  };
}

/** An array as PostgreSQL reads it, of elements that need no quotes; what is missing is NULL. */
export function toArray(elements: readonly (string | number | undefined)[]): string {
  return `{${elements.map((element) => element ?? "NULL").join()}}`;
}

function readPositions(text: unknown): ReadonlySet<number> {
  return new Set(text ? String(text).split(",").map(Number) : []);
}
