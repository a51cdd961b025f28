import type { Backoff } from "@beaconry/core/internal";
import type { Verdict } from "../destinations/destination.js";

/** What {@link Suspects} work with. */
export interface SuspectsParts {
  readonly backoff: Backoff;
  /** Steady, ms. */
  readonly elapsed: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Groups whose last request got no good answer. What a vendor does not take of one group it may take of another: so
 * another one tries whether an outage or a limit is over, and a group that is told to wait, time and again, while others
 * get through waits by itself.
 */
export interface Suspects {
  has(group: string): boolean;
  /** Milliseconds for which this group waits by itself; else 0. */
  wait(group: string): number;
  /** A request of this group is sent. Gives what its verdict has to be told to: whether it holds up this group alone. */
  begin(group: string): (verdict: Verdict) => boolean;
}

interface Suspect {
  /** How many requests had begun when it failed last. */
  readonly failedAt: number;
  /** How often it was told to wait although another had got through since it failed before. */
  readonly passed: number;
  /** Whether it was told to wait when it failed last. */
  readonly isTold: boolean;
  /** Steady, ms. */
  readonly waitsUntil: number;
}

/** As many are remembered, of those that failed last. */
const most = 1_000;

/** Where more groups than these are told to wait, of which TikTok has four, it is a limit of the whole destination. */
const mostAlone = 4;

/** None yet. */
export function createSuspects({ backoff, elapsed, random }: SuspectsParts): Suspects {
  const suspects = new Map<string, Suspect>();
  let begun = 0;
  let lastGood = 0;

  const wait = (group: string) => Math.max((suspects.get(group)?.waitsUntil ?? 0) - elapsed(), 0);

  function keep(group: string, suspect: Suspect): void {
    suspects.delete(group);
    suspects.set(group, suspect);
    const [oldest] = suspects.size > most ? suspects.keys() : [];
    if (oldest !== undefined) suspects.delete(oldest);
  }

  function countTold(except: string): number {
    let count = 0;
    for (const [group, { isTold }] of suspects) if (isTold && group !== except) count++;
    return count;
  }

  return {
    has: (group) => suspects.has(group),
    wait,
    begin(group) {
      const number = ++begun;
      return (verdict) => {
        if (verdict.kind === "delivered" || verdict.kind === "refused") {
          lastGood = Math.max(lastGood, number);
          suspects.delete(group);
          return false;
        }
        const { failedAt = begun, passed: before = 0, waitsUntil = 0 } = suspects.get(group) ?? {};
        const isTold = verdict.kind === "pause";
        const passed = before + (isTold && lastGood > failedAt ? 1 : 0);
        // Once may be a limit of the whole destination, met again.
        const isPassed = passed > before && passed > 1 && countTold(group) < mostAlone;
        const isAlone = isTold && (isPassed || waitsUntil > elapsed());
        const until = isAlone ? elapsed() + verdict.for + Math.round(random() * backoff.base) : 0;
        keep(group, { failedAt: begun, passed, isTold, waitsUntil: Math.max(until, waitsUntil) });
        return isAlone;
      };
    },
  };
}
