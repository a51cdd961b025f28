/** How the wait between attempts grows. */
export interface Backoff {
  /** Longest wait after the first failure, ms. */
  readonly base: number;
  /** Longest wait at all, ms. */
  readonly cap: number;
}

/**
 * Wait before the next attempt, ms: exponential, capped, then a random part of it (full jitter), so that senders do
 * not come back all at once when a server recovers; never less than the floor that the server asks for.
 * @param failures in a row, from 1
 * @param random from 0 to 1
 */
export function backoffDelay(failures: number, { base, cap }: Backoff, random: number, floor = 0): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(failures - 1, 30));
  return Math.max(floor, Math.round(ceiling * random));
}

/**
 * A `Retry-After` header in ms from now, given in seconds or as a date; `undefined` where it is absent or junk.
 * @param longest what is believed at most, ms
 */
export function readRetryAfter(header: string | null, now: number, longest: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const wait = /^\d{1,15}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longest) : undefined;
}
