/** What an app may be allowed to do, by name, with TikTok's number. TikTok Business API, "Authentication". */
export const scopes = {
  adAccount: 1,
  ads: 2,
  audience: 3,
  audienceRead: 30,
  audienceWrite: 31,
  audienceShare: 32,
  reporting: 4,
  measurement: 5,
  pixel: 8,
  lead: 12_000_000,
  // Larger than a number can hold, so they are texts.
  offlineEvents: "7043626160646946818",
  crmEvents: "7294180478502830081",
} as const;

/** The name of a scope. */
export type ScopeName = keyof typeof scopes;

const names = new Map<string, ScopeName>(
  Object.entries(scopes).map(([name, number]) => [String(number), name as ScopeName]),
);

/** The scopes of a token by name; numbers that are not known stay numbers, as texts. */
export function scopeNames(numbers: readonly (number | string)[]): string[] {
  return numbers.map((number) => names.get(String(number)) ?? String(number));
}
