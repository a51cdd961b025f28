import type { Issue } from "../issue.js";
import type { Vendor } from "../vendor.js";
import { type HashOptions, hashUserData, type MatchKeys, type VendorKeys } from "./hash-user-data.js";
import type { UserData } from "./user-data.js";

/**
 * A person's match keys for several vendors, fit to be stored or sent on in an event's `matchKeys`, in the place of
 * `user`. Hashes, but for the city, state and country that TikTok takes in the clear.
 */
export function hashForVendors(
  user: UserData,
  vendors: readonly Vendor[],
  options: HashOptions = {},
): { matchKeys: MatchKeys; issues: readonly Issue[] } {
  const matchKeys: Partial<Record<Vendor, VendorKeys>> = {};
  const issues = new Map<string, Issue>();
  for (const vendor of vendors) {
    const hashed = hashUserData(user, vendor, options);
    matchKeys[vendor] = hashed.keys;
    // Most issues are of the value, not of the vendor: each is reported once.
    for (const issue of hashed.issues) issues.set(`${issue.path} ${issue.message}`, issue);
  }
  return { matchKeys, issues: [...issues.values()] };
}
