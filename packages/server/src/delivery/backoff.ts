/** How the wait between attempts grows. */
export interface Backoff {
  /** ms */
  readonly base: number;
  /** ms */
  readonly cap: number;
}

/**
 * Wait before the next attempt, ms: exponential, capped, then a random part of it (full jitter), and never less than
 * the floor that a vendor asks for.
 * @param attempts attempts that failed so far, from 1
 * @param random from 0 to 1
 */
export function backoffDelay(attempts: number, { base, cap }: Backoff, random: number, floor = 0): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(attempts - 1, 30));
  return Math.max(floor, Math.round(ceiling * random));
}
