import type { TrackedEvent } from "../event.js";
import type { Issue } from "../issue.js";
import type { Vendor } from "../vendor.js";
import { type HashOptions, type VendorKeys, vendorKeys } from "./hash-user-data.js";

/**
 * The same event with the person's data hashed for these vendors and nothing left in the clear, fit to be stored or
 * sent on. Keys made from `user` are added to match keys that the event has already, and win over them.
 */
export function hashEvent<Event extends TrackedEvent>(
  event: Event,
  vendors: readonly Vendor[],
  options: HashOptions = {},
): { event: Omit<Event, "user">; issues: readonly Issue[] } {
  const { user, ...rest } = event;
  const matchKeys: Partial<Record<Vendor, VendorKeys>> = { ...event.matchKeys };
  const issues = new Map<string, Issue>();
  for (const vendor of vendors) {
    const hashed = vendorKeys(event, vendor, options);
    matchKeys[vendor] = hashed.keys;
    // Most issues are of the value, not of the vendor: each is reported once.
    for (const issue of hashed.issues) issues.set(`${issue.path} ${issue.message}`, issue);
  }
  return { event: { ...rest, matchKeys }, issues: [...issues.values()] };
}
