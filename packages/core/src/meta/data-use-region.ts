import { isRegionOfMeta } from "../consent/limited-data-use.js";
import type { DataUseRegion } from "../consent.js";
import { type Issue, warningIssue } from "../issue.js";

/**
 * The region in numbers that Meta has: it refuses others, and one without the other. In their place 0, by which Meta
 * finds out the state: use stays limited.
 */
export function metaRegion(region: DataUseRegion): DataUseRegion {
  return isRegionOfMeta(region) ? { country: region.country, state: region.state } : { country: 0, state: 0 };
}

/** The issue of a region that does not go out as it is. */
export function checkRegion(region: DataUseRegion | undefined): readonly Issue[] {
  if (!region || isRegionOfMeta(region)) return [];
  const accepted = "accepted are country 0 or 1 and state 0 or 1000 to 1013";
  const message = `consent.limitedDataUse is no region of Meta's, ${accepted}: sent as 0, by which Meta finds out the state`;
  return [warningIssue("wrong_value", "consent.limitedDataUse", message)];
}
