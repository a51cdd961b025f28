/**
 * Whose clock counts. Machines' clocks differ, so leases and due times go by the database's; what the outbox is told and
 * tells in the time of this machine goes over as a difference from now.
 */
export interface Times {
  /** What statements are told: `null` for the database's clock. */
  readonly stamp: () => number | null;
  /** This machine's time, ms. */
  readonly local: () => number;
}

/** @param now a clock that counts for both, such as a test's */
export function createTimes(now?: () => number): Times {
  // A `bigint` has no fractions.
  const whole = () => Math.floor(now?.() ?? Date.now());
  return { stamp: () => (now ? whole() : null), local: whole };
}
