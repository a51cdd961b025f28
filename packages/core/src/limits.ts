import type { Source } from "./context.js";
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

/** A clock may be off by this much, ms; an event further in the future sinks Meta's whole request. */
export const clockTolerance = 60_000;

/** Meta App Events, header documentation of the mobile SDKs: names of parameters in an event, characters in a value. */
export const appEventLimits = { parameters: 25, characters: 100 } as const;
