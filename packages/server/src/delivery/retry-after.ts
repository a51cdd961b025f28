/** No vendor is waited for longer than this without being asked again, ms. */
const longest = 24 * 3_600_000;

/** `Retry-After` in ms from now, given in seconds or as a date; `undefined` where it is absent or junk. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longest) : undefined;
}
