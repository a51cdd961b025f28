const base = 1000;
const cap = 30_000;
const longestRetryAfter = 300_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: any time up to 1 s, 2 s, 4 s, … 30 s. The jitter
 * is over the whole of it, and after the cap, so that browsers do not come back all at once when a server recovers.
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number): number {
  return random * Math.min(cap, base * 2 ** (failures - 1));
}

/** Milliseconds that a `Retry-After` header asks for, as seconds or as a date; at most five minutes. */
export function readRetryAfter(header: string | null, now: number): number {
  const text = header?.trim();
  if (!text) return 0;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Math.min(Math.max(wait || 0, 0), longestRetryAfter);
}
