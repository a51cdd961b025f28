import type { Clocks } from "./clocks.js";

/** Who waits for everything to be delivered. */
export interface Waiters {
  /** Resolves as soon as nothing is left that is due within so many ms from now. */
  wait(within: number): Promise<void>;
  /** @param wait ms until something is due; endless when nothing is, or nothing is sent any more */
  settle(wait: number): void;
}

/** Nobody yet. */
export function createWaiters({ elapsed }: Pick<Clocks, "elapsed">): Waiters {
  /** Until when each waits, by the steady clock. */
  const waiters = new Map<() => void, number>();
  return {
    wait: (within) => new Promise((resolve) => void waiters.set(resolve, elapsed() + within)),
    settle(wait) {
      const next = elapsed() + wait;
      for (const [resolve, until] of waiters) {
        if (Number.isFinite(next) && next <= until) continue;
        waiters.delete(resolve);
        resolve();
      }
    },
  };
}
