import { BeaconryError } from "@beaconry/core";
import { aFunction, checkOptions, type Rule, wholeFrom } from "@beaconry/core/internal";
import { createDueQueue, type DueQueue, type Waiting } from "./due-queue.js";
import type { DeadLetter, Outbox, Parcel, Settlement, Taken } from "./outbox.js";

/** Options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Most parcels that wait; one more is refused with `outbox_full`. Default 100,000. */
  maxParcels?: number;
  /** Most dead letters kept; the oldest fall away. Default 10,000. */
  maxDeadLetters?: number;
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
  deduplicationWindow: count,
  lease: count,
  now: aFunction,
} satisfies Record<keyof MemoryOutboxOptions, Rule>;

/** Keeps parcels in memory, bounded. They are gone with the process: for tests, and where a loss is affordable. */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  checkOptions("memoryOutbox", options, rules);
  const { maxParcels = 100_000, maxDeadLetters = 10_000, now = Date.now } = options;
  const { deduplicationWindow = 3_600_000, lease = 300_000 } = options;
  const waiting = new Map<string, Waiting>();
  const queues = new Map<string, DueQueue>();
  /** Key → when it was added; in order of time, so the front is the oldest. */
  const seen = new Map<string, number>();
  const dead: DeadLetter[] = [];
  let closed = false;

  function queueOf(destination: string): DueQueue {
    const queue = queues.get(destination) ?? createDueQueue();
    queues.set(destination, queue);
    return queue;
  }

  function forgetOld(): void {
    for (const [key, addedAt] of seen) {
      if (addedAt > now() - deduplicationWindow) return;
      seen.delete(key);
    }
  }

  async function add(parcels: readonly Parcel[]): Promise<readonly ("added" | "duplicate")[]> {
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
    forgetOld();
    const fresh = new Map<string, Parcel>();
    const outcomes = parcels.map((parcel) => {
      const key = keyOf(parcel);
      if (fresh.has(key) || seen.has(key) || waiting.has(key)) return "duplicate";
      fresh.set(key, parcel);
      return "added";
    });
    if (waiting.size + fresh.size > maxParcels) {
      throw new BeaconryError("outbox_full", `the outbox holds ${waiting.size} of at most ${maxParcels} parcels`);
    }
    for (const [key, parcel] of fresh) {
      const entry = { key, parcel, dueAt: 0, attempts: 0 };
      waiting.set(key, entry);
      queueOf(parcel.destination).push(entry);
      seen.set(key, now());
    }
    return outcomes;
  }

  async function take(destination: string, most: number): Promise<Taken> {
    const { taken, nextDueAt } = queueOf(destination).take(most, now(), now() + lease);
    return { parcels: taken.map(({ key, parcel, attempts }) => ({ ...parcel, key, attempts })), nextDueAt };
  }

  async function settle(settlements: readonly Settlement[]): Promise<void> {
    for (const settlement of settlements) {
      const entry = waiting.get(settlement.key);
      if (!entry) continue;
      const queue = queueOf(entry.parcel.destination);
      if (settlement.outcome === "retry") {
        if (settlement.counted) entry.attempts++;
        queue.delay(entry, settlement.at);
        continue;
      }
      waiting.delete(settlement.key);
      queue.remove(settlement.key);
      if (settlement.outcome === "dead") {
        const { reason, detail } = settlement;
        dead.push({ ...entry.parcel, reason, detail, diedAt: now() });
        if (dead.length > maxDeadLetters) dead.shift();
      }
    }
  }

  return {
    add,
    take,
    settle,
    waiting: async (destination) => (destination === undefined ? waiting.size : queueOf(destination).size),
    deadLetters: async () => [...dead],
    close: async () => {
      closed = true;
    },
  };
}

function keyOf({ destination, name, id }: Parcel): string {
  return JSON.stringify([destination, name, id]);
}
