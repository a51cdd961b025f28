import type { Source } from "./context.js";
import { errorIssue, type Issue } from "./issue.js";
import type { Vendor } from "./vendor.js";

const day = 24 * 3_600_000;

/**
 * How long after it happened a vendor takes an event, ms. Meta fails a whole request for one event that is older
 * ("Using the Conversions API": 7 days, store events 62). TikTok documents no limit; its longest attribution window is
 * 28 days, which is what store and CRM uploads get here, and Meta's week is used for the rest.
 */
export function maxEventAge(vendor: Vendor, source: Source): number {
  if (vendor === "meta") return (source === "store" ? 62 : 7) * day;
  return (source === "store" || source === "crm" ? 28 : 7) * day;
}

/** A clock may be off by this much, ms. */
const clockTolerance = 60_000;

/** Whether the event lies in the future, further than clocks are wrong: it would sink Meta's whole request. */
export function checkFuture(time: number, now: number): readonly Issue[] {
  return time > now + clockTolerance ? [errorIssue("in_future", "time", "time lies in the future")] : [];
}

/** Meta App Events, header documentation of the mobile SDKs: names of parameters in an event, characters in a value. */
export const appEventLimits = { parameters: 25, characters: 100 } as const;
