import { BeaconryError } from "@beaconry/core";
import { aFunction, checkOptions, type Rule, wholeFrom } from "@beaconry/core/internal";
import { createDueQueue, type DueQueue, type Waiting } from "./due-queue.js";
import { refuseTransaction } from "./no-transaction.js";
import type {
  AddOptions,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  Outbox,
  Parcel,
  Settlement,
  Taken,
} from "./outbox.js";

/** Options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Most parcels that wait; one more is refused with `outbox_full`. Default 100,000. */
  maxParcels?: number;
  /** Most dead letters kept; the oldest fall away. Default 10,000. */
  maxDeadLetters?: number;
  /** Most parcels with a `once` that are remembered; the oldest fall away. Default 100,000. */
  maxOnce?: number;
  /** How long the same destination, name and id is recognised, ms. Default one hour. */
  deduplicationWindow?: number;
  /** How long a taken parcel stays away without being settled, ms. Default five minutes. */
  lease?: number;
  /** The clock, ms. Default `Date.now`. */
  now?: () => number;
}

const count = wholeFrom(1);

const rules = {
  maxParcels: count,
  maxDeadLetters: count,
  maxOnce: count,
  deduplicationWindow: count,
  lease: count,
  now: aFunction,
} satisfies Record<keyof MemoryOutboxOptions, Rule>;

/** Keeps parcels in memory, bounded. They are gone with the process: for tests, and where a loss is affordable. */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  checkOptions("memoryOutbox", options, rules);
  const { maxParcels = 100_000, maxDeadLetters = 10_000, maxOnce = 100_000 } = options;
  const { deduplicationWindow = 3_600_000, lease = 300_000, now = Date.now } = options;
  /** By what makes them the same, and by the key that `take` gives: a late settlement must not meet a later parcel. */
  const waiting = new Map<string, Waiting>();
  const byArrival = new Map<number, Waiting>();
  const queues = new Map<string, DueQueue>();
  /** Key → when it was added; in order of time, so the front is the oldest. */
  const seen = new Map<string, number>();
  /** Destinations and texts of `once`; the oldest in front. */
  const once = new Set<string>();
  /** By key; the oldest in front. */
  const dead = new Map<string, DeadLetter>();
  let arrivals = 0;
  let deaths = 0;
  let closed = false;

  function queueOf(destination: string): DueQueue {
    const queue = queues.get(destination) ?? createDueQueue();
    queues.set(destination, queue);
    return queue;
  }

  function forgetOld(): void {
    for (const [key, addedAt] of seen) {
      // One further ahead than the window is of before the clock was set back.
      if (Math.abs(now() - addedAt) < deduplicationWindow) return;
      seen.delete(key);
    }
  }

  function keep(key: string, parcel: Parcel): void {
    const entry = { key, parcel, arrival: ++arrivals, dueAt: 0, attempts: 0 };
    waiting.set(key, entry);
    byArrival.set(entry.arrival, entry);
    queueOf(parcel.destination).push(entry);
    seen.delete(key);
    seen.set(key, now());
  }

  async function add(parcels: readonly Parcel[], options?: AddOptions): Promise<readonly ("added" | "duplicate")[]> {
    refuseTransaction("memoryOutbox", options);
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
    forgetOld();
    const fresh = new Map<string, Parcel>();
    const freshOnce = new Set<string>();
    const outcomes = parcels.map((parcel) => {
      const key = keyOf(parcel);
      if (fresh.has(key) || seen.has(key) || waiting.has(key)) return "duplicate";
      const { once: text, ...kept } = parcel;
      if (text !== undefined) {
        const onceKey = JSON.stringify([parcel.destination, text]);
        if (freshOnce.has(onceKey) || once.has(onceKey)) return "duplicate";
        freshOnce.add(onceKey);
      }
      fresh.set(key, kept);
      return "added";
    });
    if (waiting.size + fresh.size > maxParcels) {
      throw new BeaconryError("outbox_full", `the outbox holds ${waiting.size} of at most ${maxParcels} parcels`);
    }
    for (const [key, parcel] of fresh) keep(key, parcel);
    for (const key of freshOnce) once.add(key);
    dropOldest(once, maxOnce);
    return outcomes;
  }

  async function take(destination: string, most: number): Promise<Taken> {
    const { taken, nextDueAt } = queueOf(destination).take(most, now(), now() + lease);
    return {
      parcels: taken.map(({ arrival, parcel, attempts }) => ({ ...parcel, key: String(arrival), attempts })),
      nextDueAt,
    };
  }

  async function settle(settlements: readonly Settlement[]): Promise<void> {
    for (const settlement of settlements) {
      const entry = byArrival.get(Number(settlement.key));
      if (!entry) continue;
      const queue = queueOf(entry.parcel.destination);
      if (settlement.outcome === "retry") {
        if (settlement.counted) entry.attempts++;
        queue.delay(entry, settlement.at);
        continue;
      }
      waiting.delete(entry.key);
      byArrival.delete(entry.arrival);
      queue.remove(entry);
      if (settlement.outcome === "dead") {
        const { reason, detail } = settlement;
        const key = String(++deaths);
        dead.set(key, { ...entry.parcel, key, reason, detail, diedAt: now() });
      }
    }
    dropOldest(dead, maxDeadLetters);
  }

  function fitting({ destination, reason }: DeadLetterFilter): DeadLetter[] {
    return [...dead.values()].filter(
      (letter) =>
        letter.destination === (destination ?? letter.destination) && letter.reason === (reason ?? letter.reason),
    );
  }

  async function deadLetters({ after = "0", limit = Infinity, ...filter }: DeadLetterPage = {}) {
    return fitting(filter)
      .filter(({ key }) => Number(key) > Number(after))
      .slice(0, limit);
  }

  async function replay(filter: DeadLetterFilter = {}): Promise<number> {
    let count = 0;
    for (const letter of fitting(filter).filter(({ expiresAt }) => expiresAt > now())) {
      if (waiting.size >= maxParcels) break;
      const { key: deadKey, reason, detail, diedAt, ...parcel } = letter;
      dead.delete(deadKey);
      const key = keyOf(parcel);
      if (waiting.has(key)) continue;
      keep(key, parcel);
      count++;
    }
    return count;
  }

  async function purge(filter: DeadLetterFilter = {}): Promise<number> {
    const letters = fitting(filter);
    for (const { key } of letters) dead.delete(key);
    return letters.length;
  }

  return {
    add,
    take,
    settle,
    async oldest(destination) {
      for (const { parcel } of byArrival.values()) if (parcel.destination === destination) return parcel.time;
      return undefined;
    },
    waiting: async (destination) => (destination === undefined ? waiting.size : queueOf(destination).size),
    deadLetters,
    replay,
    purge,
    close: async () => {
      closed = true;
    },
  };
}

/** Sets and maps give what was put in first in front. */
function dropOldest(kept: Set<string> | Map<string, unknown>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}

function keyOf({ destination, name, id }: Parcel): string {
  return JSON.stringify([destination, name, id]);
}
