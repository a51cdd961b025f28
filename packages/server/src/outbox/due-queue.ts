import type { Parcel } from "./outbox.js";

/** One parcel that waits; changed in place. */
export interface Waiting {
  readonly key: string;
  readonly parcel: Parcel;
  dueAt: number;
  attempts: number;
}

/** The parcels of one destination: those that are due in order of arrival, and those that wait for a time. */
export interface DueQueue {
  push(entry: Waiting): void;
  /** Takes due entries, oldest first, and keeps each away until `awayUntil`. */
  take(most: number, now: number, awayUntil: number): { taken: Waiting[]; nextDueAt: number | undefined };
  delay(entry: Waiting, dueAt: number): void;
  remove(key: string): void;
  readonly size: number;
}

/** A {@link DueQueue} whose delayed part is looked through only when its earliest entry is due. */
export function createDueQueue(): DueQueue {
  const due = new Map<string, Waiting>();
  const delayed = new Map<string, Waiting>();
  let earliest = Number.POSITIVE_INFINITY;

  function delay(entry: Waiting, dueAt: number): void {
    entry.dueAt = dueAt;
    due.delete(entry.key);
    delayed.set(entry.key, entry);
    earliest = Math.min(earliest, dueAt);
  }

  function release(now: number): void {
    if (earliest > now) return;
    earliest = Number.POSITIVE_INFINITY;
    for (const [key, entry] of delayed) {
      if (entry.dueAt > now) {
        earliest = Math.min(earliest, entry.dueAt);
      } else {
        delayed.delete(key);
        due.set(key, entry);
      }
    }
  }

  return {
    push: (entry) => void due.set(entry.key, entry),
    take(most, now, awayUntil) {
      release(now);
      const taken: Waiting[] = [];
      for (const entry of due.values()) {
        if (taken.length === most) break;
        taken.push(entry);
      }
      for (const entry of taken) delay(entry, awayUntil);
      const nextDueAt = due.size > 0 ? now : earliest;
      return { taken, nextDueAt: Number.isFinite(nextDueAt) ? nextDueAt : undefined };
    },
    delay,
    remove(key) {
      due.delete(key);
      delayed.delete(key);
    },
    get size() {
      return due.size + delayed.size;
    },
  };
}
