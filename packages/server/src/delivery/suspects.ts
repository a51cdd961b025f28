import type { Verdict } from "../destinations/destination.js";

/**
 * Groups whose last request got no good answer. What a vendor does not take of one group it may take of another, so
 * another one tries whether an outage or a limit is over.
 */
export interface Suspects {
  has(group: string): boolean;
  /** What was answered to a request of this group. */
  tell(group: string, verdict: Verdict): void;
}

/** As many are remembered, of those that failed last. */
const most = 1_000;

/** None yet. */
export function createSuspects(): Suspects {
  const suspects = new Set<string>();
  return {
    has: (group) => suspects.has(group),
    tell(group, { kind }) {
      suspects.delete(group);
      if (kind === "delivered" || kind === "refused") return;
      suspects.add(group);
      const [oldest] = suspects.size > most ? suspects : [];
      if (oldest !== undefined) suspects.delete(oldest);
    },
  };
}
