import type { Consent } from "../consent.js";
import { member } from "./member.js";

/** Options of {@link consentFromTcf}. */
export interface TcfOptions {
  /**
   * Ids in IAB's Global Vendor List that must have consent as well. Default: none, the purposes alone decide, as for
   * vendors that are not on the list.
   */
  vendorIds?: readonly number[];
}

/**
 * The purposes without which an event is not for advertising: 1 store and access information on a device, 3 create
 * profiles for personalised advertising, 4 use them to select advertising, 7 measure advertising performance. Google
 * makes its three advertising consents of the same four ("Implement TCF strings", Google tag platform).
 */
const purposes = [1, 3, 4, 7] as const;

/** The statuses under which the person's own choice is at hand. Under `cmpuishown` the question is still open. */
const answered: readonly unknown[] = ["tcloaded", "useractioncomplete"];

/**
 * The person's choice in the `tcData` that a consent platform gives to listeners (IAB TCF 2.2, CMP API v2,
 * `addEventListener`). Says nothing (`{}`) where GDPR does not apply or that is not known yet, while the person is
 * being asked, for an invalid string and for anything malformed: what the person chose before then stays.
 *
 * `advertising` is true when all of purposes 1, 3, 4 and 7 have consent, and all of `vendorIds`; otherwise false.
 * Legitimate interest is no consent. A purpose that the publisher forbids to one of `vendorIds`, or that he lets it
 * use on legitimate interest only, counts as refused.
 */
export function consentFromTcf(tcData: unknown, { vendorIds = [] }: TcfOptions = {}): Consent {
  const says = (name: string) => member(tcData, name);
  const consents = member(says("purpose"), "consents");
  const isAnswer =
    says("gdprApplies") === true &&
    answered.includes(says("eventStatus")) &&
    // "TC string is invalid"
    says("isServiceSpecific") !== false &&
    says("cmpStatus") !== "error" &&
    typeof consents === "object" &&
    consents !== null;
  if (!isAnswer) return {};
  const vendors = member(says("vendor"), "consents");
  const restrictions = member(says("publisher"), "restrictions");
  const allowsVendor = (id: number) =>
    member(vendors, id) === true && purposes.every((purpose) => isOpen(member(member(restrictions, purpose), id)));
  return { advertising: purposes.every((id) => member(consents, id) === true) && vendorIds.every(allowsVendor) };
}

/** Publisher restrictions: 0 is "not allowed", 1 "require consent", 2 "require legitimate interest". */
function isOpen(restriction: unknown): boolean {
  return restriction === undefined || restriction === 1;
}
