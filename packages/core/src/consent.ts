import type { Source } from "./context.js";
import type { Device } from "./device.js";
import { errorIssue, type Issue } from "./issue.js";

/** US state privacy: the country and state in Meta's numbers, `0` for "find out from the IP address". */
export interface DataUseRegion {
  /** `1` is the United States, `0` is unknown; there are no others. */
  country: number;
  /** `1000` is California, … `0` is unknown. */
  state: number;
}

/** What the person allowed. */
export interface Consent {
  /** May this event be used for advertising at all? Unset means not asked yet. */
  advertising?: boolean;
  /** Apps: the device's own setting (App Tracking Transparency, limit ad tracking). */
  advertiserTracking?: boolean;
  /** Apps: the switch inside your app. */
  applicationTracking?: boolean;
  /**
   * US state privacy (Limited Data Use): `true` leaves finding the state to the vendor, and so does a region that Meta
   * has no such numbers for.
   */
  limitedDataUse?: boolean | DataUseRegion;
}

/** What may be sent of an event under a {@link Consent}. */
export type Permission =
  /** Not asked yet: keep it in memory, send and store nothing. */
  | { readonly send: "hold" }
  /** Refused: drop it. */
  | { readonly send: "drop" }
  | Allowed;

/** The event may be sent, with no more than this. */
export interface Allowed {
  readonly send: "allow";
  /** Keys made from the person's own data: e-mail, phone, name, place, external id. */
  readonly customerData: boolean;
  readonly advertisingId: boolean;
  /** Both flags go out on every app event. */
  readonly advertiserTracking: boolean;
  readonly applicationTracking: boolean;
  readonly limitedDataUse: DataUseRegion | undefined;
}

/**
 * What each vendor may be sent under this consent. The device's setting and the app's switch count for app events
 * only. Unset, the device's setting counts as "no" (iOS before 6, which had none, as "yes": Meta's App Events guide),
 * the app's switch as "yes", since advertising was agreed to.
 */
export function permission(
  consent: Consent,
  source: Source,
  device?: Pick<Device, "platform" | "osVersion">,
): Permission {
  // Nothing but `true` is a consent, whatever untyped code passes.
  if (consent.advertising === false) return { send: "drop" };
  if (consent.advertising !== true) return { send: "hold" };
  const isApp = source === "app";
  const advertiserTracking = !isApp || (consent.advertiserTracking ?? isBeforeIos6(device)) === true;
  const applicationTracking = !isApp || (consent.applicationTracking ?? true) === true;
  return {
    send: "allow",
    customerData: advertiserTracking && applicationTracking,
    advertisingId: advertiserTracking,
    advertiserTracking,
    applicationTracking,
    limitedDataUse: dataUseRegion(consent.limitedDataUse),
  };
}

function isBeforeIos6(device: Pick<Device, "platform" | "osVersion"> | undefined): boolean {
  return device?.platform === "ios" && Number.parseInt(device.osVersion, 10) < 6;
}

function dataUseRegion(limited: Consent["limitedDataUse"]): DataUseRegion | undefined {
  if (!limited) return undefined;
  return limited === true ? { country: 0, state: 0 } : limited;
}

/** The issue of an event that the consent does not allow. */
export function notAllowed({ send }: Exclude<Permission, Allowed>): Issue {
  return send === "drop"
    ? errorIssue("consent", "consent.advertising", "the person refused advertising")
    : errorIssue("consent", "consent.advertising", "the person has not been asked yet: consent.advertising is unset");
}
