import { createHeap } from "./heap.js";
import type { Parcel } from "./outbox.js";

/** One parcel that waits; changed in place. */
export interface Waiting {
  /** Destination, name and id. */
  readonly key: string;
  /** Number of its arrival. */
  readonly arrival: number;
  readonly parcel: Parcel;
  /** ms; 0 when it was never taken. */
  dueAt: number;
  attempts: number;
}

/** The parcels of one destination: those never taken in order of arrival, and those that come back at a time. */
export interface DueQueue {
  push(entry: Waiting): void;
  /** Takes due entries and keeps each away until `awayUntil`. Those that come back go first. */
  take(most: number, now: number, awayUntil: number): { taken: Waiting[]; nextDueAt: number | undefined };
  delay(entry: Waiting, dueAt: number): void;
  remove(entry: Waiting): void;
  readonly size: number;
}

/** A place in the order of those that come back; stale once the entry has another time. */
interface Return {
  readonly entry: Waiting;
  readonly at: number;
}

/** A {@link DueQueue} in which everything costs the logarithm of its size at most. */
export function createDueQueue(): DueQueue {
  const fresh = new Map<number, Waiting>();
  const delayed = new Map<number, Waiting>();
  const returns = createHeap<Return>((a, b) => a.at - b.at || a.entry.arrival - b.entry.arrival);

  function delay(entry: Waiting, dueAt: number): void {
    entry.dueAt = dueAt;
    fresh.delete(entry.arrival);
    delayed.set(entry.arrival, entry);
    returns.push({ entry, at: dueAt });
    if (returns.size > 2 * delayed.size + 1_000) dropStale();
  }

  function dropStale(): void {
    returns.clear();
    for (const entry of delayed.values()) returns.push({ entry, at: entry.dueAt });
  }

  /** The next that comes back. */
  function nextReturn(): Return | undefined {
    for (let next = returns.peek(); next; next = returns.peek()) {
      if (delayed.has(next.entry.arrival) && next.entry.dueAt === next.at) return next;
      returns.pop();
    }
    return undefined;
  }

  return {
    push: (entry) => void fresh.set(entry.arrival, entry),
    take(most, now, awayUntil) {
      const taken: Waiting[] = [];
      for (let next = nextReturn(); next && next.at <= now && taken.length < most; next = nextReturn()) {
        delayed.delete(next.entry.arrival);
        taken.push(next.entry);
      }
      // With one iterator for all: each new one walks over everything that was ever deleted from the front of a Map.
      for (const entry of fresh.values()) {
        if (taken.length >= most) break;
        taken.push(entry);
      }
      for (const entry of taken) delay(entry, awayUntil);
      const next = nextReturn();
      return { taken, nextDueAt: fresh.size > 0 ? now : next && Math.max(next.at, now) };
    },
    delay,
    remove(entry) {
      fresh.delete(entry.arrival);
      delayed.delete(entry.arrival);
    },
    get size() {
      return fresh.size + delayed.size;
    },
  };
}
