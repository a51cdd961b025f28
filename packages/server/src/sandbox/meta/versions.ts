/**
 * When versions of the Graph API expire for the Marketing API, to which the Conversions API belongs: Unix milliseconds, from
 * Meta's changelog. Older ones have expired; for newer ones no day is known.
 */
const expiries: readonly (readonly [major: number, at: number])[] = [
  [20, Date.UTC(2026, 8, 24)],
  [21, Date.UTC(2027, 0, 21)],
  [22, Date.UTC(2027, 4, 20)],
  [23, Date.UTC(2027, 9, 8)],
  [24, Date.UTC(2028, 1, 18)],
  [25, Date.UTC(2028, 6, 29)],
];

/** Whether calls with this version, such as `v26.0`, fail at this time (Unix milliseconds). */
export function isExpired(version: string, now: number): boolean {
  const major = Number.parseInt(version.slice(1), 10);
  const [oldest = 0] = expiries[0] ?? [];
  const at = expiries.find(([known]) => known === major)?.[1];
  return major < oldest || (at !== undefined && now >= at);
}
