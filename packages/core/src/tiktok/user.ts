import type { Allowed } from "../consent.js";
import type { TrackedEvent } from "../event.js";
import { isAddress } from "../ip-address.js";
import type { VendorKeys } from "../user/hash-user-data.js";
import { assignPresent } from "../wire.js";
import type { TikTokSource } from "./event.js";

/** The person's keys that TikTok takes from each source. "Report App, Web, Offline, or CRM Events". */
const personalKeys: Record<Exclude<TikTokSource, "web">, readonly string[]> = {
  app: ["email", "phone"],
  offline: ["email", "phone"],
  crm: ["email", "phone", "external_id"],
};

/** TikTok's `user` of an event: what the consent allows and the source takes. */
export function toTikTokUser(
  { consent, context }: Pick<TrackedEvent, "consent" | "context">,
  source: TikTokSource,
  keys: VendorKeys,
  allowed: Allowed,
): Record<string, unknown> {
  const user: Record<string, unknown> = allowed.customerData ? takenFrom(source, keys) : {};
  if (source === "offline" || source === "crm") return user;
  const { clicks, device, ip, userAgent, locale } = context;
  if (isAddress(ip)) user.ip = ip;
  if (userAgent) user.user_agent = userAgent;
  if (locale) user.locale = locale;
  if (source === "web") {
    if (clicks?.ttclid) user.ttclid = clicks.ttclid;
    if (clicks?.ttp) user.ttp = clicks.ttp;
    return user;
  }
  // Of a device that is not known, nothing is said: it may be one whose owner has been asked.
  if (!device) return user;
  const advertisingId = allowed.advertisingId ? device.advertisingId : undefined;
  if (device.platform !== "ios") {
    return assignPresent(user, { gaid: advertisingId?.toLowerCase() || undefined, att_status: "NOT_APPLICABLE" });
  }
  return assignPresent(user, {
    idfa: advertisingId?.toUpperCase() || undefined,
    idfv: device.vendorId || undefined,
    att_status: attStatus(device.osVersion, consent.advertiserTracking),
  });
}

/** A new object with the keys of this source. */
function takenFrom(source: TikTokSource, keys: VendorKeys): Record<string, unknown> {
  if (source === "web") return { ...keys };
  return Object.fromEntries(Object.entries(keys).filter(([key]) => personalKeys[source].includes(key)));
}

/** App Tracking Transparency came with iOS 14. */
function attStatus(osVersion: string, advertiserTracking: boolean | undefined): string {
  if (Number.parseInt(osVersion, 10) < 14) return "NOT_APPLICABLE";
  if (advertiserTracking === true) return "AUTHORIZED";
  return advertiserTracking === false ? "DENIED" : "NOT_DETERMINED";
}
