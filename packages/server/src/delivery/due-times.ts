import type { Settlement } from "../outbox/outbox.js";
import type { Clocks } from "./clocks.js";

/** When parcels that were put back are due by the steady clock, since the outbox has it by the wall clock. */
export interface DueTimes {
  /** @param wait ms from now */
  set(key: string, wait: number): void;
  /** The parcel is taken, or settled for good. */
  delete(key: string): void;
  /** The same waits by the wall clock as it is now, for the outbox. */
  redated(): Settlement[];
}

/** As many are remembered; of older ones, a clock that is set back delays the retry by as much as it was. */
const most = 100_000;

/** None yet. */
export function createDueTimes({ now, elapsed }: Clocks): DueTimes {
  const times = new Map<string, number>();
  return {
    set(key, wait) {
      times.delete(key);
      times.set(key, elapsed() + wait);
      const [oldest] = times.size > most ? times.keys() : [];
      if (oldest !== undefined) times.delete(oldest);
    },
    delete: (key) => void times.delete(key),
    redated: () =>
      Array.from(times, ([key, due]) => ({
        key,
        outcome: "retry",
        at: Math.ceil(now() + Math.max(due - elapsed(), 0)),
        counted: false,
      })),
  };
}
