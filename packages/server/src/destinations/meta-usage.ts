import { jsonAnswer } from "./json-answer.js";

/** How much of a limit is used, in percent: the headers of Graph API, "Rate limits". Values are JSON. */
const headersWithUsage = [
  "x-app-usage",
  "x-business-use-case-usage",
  "x-ad-account-usage",
  "x-page-usage",
  "x-fb-ads-insights-throttle",
] as const;

/** The members that are percentages. Meta limits calls as soon as one of them reaches 100. */
const percentages: ReadonlySet<string> = new Set([
  "call_count",
  "total_time",
  "total_cputime",
  "acc_id_util_pct",
  "app_id_util_pct",
]);

/** From so many percent on, so many ms pass before the next request. */
const slowDowns = [
  [100, 60_000],
  [95, 10_000],
  [85, 2_000],
  [75, 500],
] as const;

const minute = 60_000;
const day = 86_400_000;

interface Headers {
  get(name: string): string | null;
}

/** How long to wait before the next request, ms, when a limit is near; `undefined` when none is. At most a minute. */
export function slowDown(headers: Headers): number | undefined {
  const used = Math.max(0, ...members(headers, (name) => percentages.has(name)));
  return slowDowns.find(([from]) => used >= from)?.[1];
}

/** When calls are taken again, ms from now, as `X-Business-Use-Case-Usage` says in minutes. At most a day. */
export function regainAccess(headers: Headers): number | undefined {
  const minutes = Math.max(0, ...members(headers, (name) => name === "estimated_time_to_regain_access"));
  return minutes > 0 ? Math.min(minutes * minute, day) : undefined;
}

/** The numbers of these names in all usage headers, however deep. */
function members(headers: Headers, isWanted: (name: string) => boolean): number[] {
  const found: number[] = [];
  const visit = (value: unknown, name: string, depth: number): void => {
    if (typeof value === "number" && isWanted(name)) found.push(value);
    if (typeof value !== "object" || value === null || depth === 0) return;
    for (const [key, member] of Object.entries(value).slice(0, 100)) visit(member, key, depth - 1);
  };
  for (const name of headersWithUsage) {
    const header = headers.get(name);
    if (header !== null) visit(jsonAnswer(header), "", 4);
  }
  return found;
}
