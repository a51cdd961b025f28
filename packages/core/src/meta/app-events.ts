import { checkBasics, standardEvent } from "../catalog/check-basics.js";
import { readProperties } from "../catalog/read-properties.js";
import { type Allowed, notAllowed, permission } from "../consent.js";
import type { EventContext } from "../context.js";
import type { TrackedEvent } from "../event.js";
import { isAddress } from "../ip-address.js";
import { errorIssue, type Issue, warningIssue } from "../issue.js";
import { type HashOptions, type VendorKeys, vendorKeys } from "../user/hash-user-data.js";
import { compact, toSeconds, type Wire, wire } from "../wire.js";
import { type AppEventParameters, toAppEventParameters } from "./app-event-parameters.js";
import { checkRegion, metaRegion } from "./data-use-region.js";
import { toExtinfo } from "./extinfo.js";
import { flag } from "./flag.js";

/** One event as Meta's App Events API takes it; events of one device may share a request. */
export interface AppEvent {
  /** The request's form fields, without the token and without `custom_events`. */
  device: Record<string, string>;
  /** One member of `custom_events`; absent for the install, which is a request of its own. */
  customEvent?: AppEventParameters;
  /** The device's one address, for the request's `X-Forwarded-For` header. */
  forwardedFor: string;
}

/** Options of {@link toAppEvents}. */
export interface AppEventsOptions extends HashOptions {
  /** Measurement partners: whether an install after an impression without a click is claimed in the answer too. */
  considerViews?: boolean;
  /** Measurement partners: claims with dwell data. */
  includeDwellData?: boolean;
  /** Measurement partners: claims with video data. */
  includeVideoData?: boolean;
}

/**
 * The event as Meta's App Events API (`POST /{app-id}/activities`) takes it, or the reasons why not. Both tracking
 * flags are always there; customer data goes hashed under `ud`, and only where both flags allow it.
 */
export function toAppEvents(event: TrackedEvent, options: AppEventsOptions = {}): Wire<AppEvent> {
  const { consent, context } = event;
  if (context.source !== "app") {
    return {
      issues: [errorIssue("unsupported_source", "context.source", "App Events takes events of source app only")],
    };
  }
  const allowed = permission(consent, "app", context.device);
  if (allowed.send !== "allow") return { issues: [notAllowed(allowed)] };
  const name = standardEvent(event.name)?.metaApp ?? event.name;
  const isInstall = name === "MOBILE_APP_INSTALL";
  const { standard, custom, issues } = readProperties(event);
  const keys = vendorKeys(event, "meta", options);
  const device = toDeviceFields(context, keys.keys, allowed);
  const kind: Record<string, string> = isInstall
    ? { event: "MOBILE_APP_INSTALL", install_timestamp: String(toSeconds(event.time)) }
    : { event: "CUSTOM_APP_EVENTS" };
  return wire<AppEvent>(
    {
      device: { ...kind, ...device, ...toClaimFields(options) },
      ...(!isInstall && {
        customEvent: {
          ...toAppEventParameters(standard, custom),
          // Last, so that no property of the same name takes their place.
          _eventName: name,
          _logTime: toSeconds(event.time),
          event_id: event.id,
        },
      }),
      forwardedFor: context.ip ?? "",
    },
    [
      ...checkAppEventName(name),
      ...issues,
      ...checkBasics(event, standard, "warning"),
      ...keys.issues,
      ...checkRegion(allowed.limitedDataUse),
      ...checkDevice(event, device),
    ],
  );
}

/**
 * The request that asks Meta for the deep link which brought a person to install the app
 * (`event=DEFERRED_APP_LINK`), or the reasons why not.
 */
export function toDeferredAppLink(event: Pick<TrackedEvent, "consent" | "context">): Wire<AppEvent> {
  const { consent, context } = event;
  const allowed = permission(consent, "app", context.device);
  if (allowed.send !== "allow") return { issues: [notAllowed(allowed)] };
  const device = toDeviceFields(context, {}, allowed);
  return wire<AppEvent>({ device: { event: "DEFERRED_APP_LINK", ...device }, forwardedFor: context.ip ?? "" }, [
    ...checkRegion(allowed.limitedDataUse),
    ...checkDevice(event, device),
  ]);
}

function toDeviceFields({ app, device }: EventContext, keys: VendorKeys, allowed: Allowed): Record<string, string> {
  const region = allowed.limitedDataUse && metaRegion(allowed.limitedDataUse);
  const fields: Record<string, string | undefined> = {
    advertiser_id: allowed.advertisingId ? device?.advertisingId : undefined,
    attribution: allowed.advertisingId ? device?.attribution : undefined,
    anon_id: device?.anonId,
    vendor_id: device?.vendorId,
    app_user_id: allowed.customerData ? app?.userId : undefined,
    advertiser_tracking_enabled: String(flag(allowed.advertiserTracking)),
    application_tracking_enabled: String(flag(allowed.applicationTracking)),
    campaign_ids: app?.campaignIds,
    click_id: app?.clickId,
    installer_package: app?.installerPackage,
    install_referrer: app?.installReferrer,
    google_install_referrer: app?.googleInstallReferrer,
    meta_install_referrer: app?.metaInstallReferrer,
    url_schemes: app?.urlSchemes && JSON.stringify(app.urlSchemes),
    extinfo: device ? JSON.stringify(toExtinfo(device, app)) : undefined,
    ud: allowed.customerData && Object.keys(keys).length > 0 ? JSON.stringify(firstOfEach(keys)) : undefined,
    ...(region && {
      data_processing_options: '["LDU"]',
      data_processing_options_country: String(region.country),
      data_processing_options_state: String(region.state),
    }),
  };
  return compact(fields) as Record<string, string>;
}

function toClaimFields({
  considerViews,
  includeDwellData,
  includeVideoData,
}: AppEventsOptions): Record<string, string> {
  return {
    ...(considerViews && { consider_views: "TRUE" }),
    ...(includeDwellData && { include_dwell_data: "TRUE" }),
    ...(includeVideoData && { include_video_data: "TRUE" }),
  };
}

/** `ud` is documented with one value a key. */
function firstOfEach(keys: VendorKeys): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [key, typeof value === "string" ? value : value[0]]),
  );
}

/**
 * Letters, digits, `_`, then also blanks and hyphens, at most 40. Graph reference, Application Activities; Meta's SDKs
 * hold parameters to the same.
 */
export const appEventName = /^\w[\w -]{0,39}$/;
/** The same in words. */
export const acceptedAppEventName = "at most 40 letters, digits, blanks, _ and -, not beginning with a blank or -";

function checkAppEventName(name: string): readonly Issue[] {
  if (appEventName.test(name)) return [];
  return [errorIssue("bad_name", "name", `Meta App Events takes event names of ${acceptedAppEventName}`)];
}

function checkDevice(
  { consent, context }: Pick<TrackedEvent, "consent" | "context">,
  device: Record<string, string>,
): readonly Issue[] {
  const issues: Issue[] = [];
  const absent = (path: string, what: string) =>
    issues.push(errorIssue("missing", path, `Meta requires ${path}: ${what}`));
  if (!isAddress(context.ip)) absent("context.ip", "the device's one address, sent as X-Forwarded-For");
  if (!context.device?.osVersion) absent("context.device.osVersion", "the version of the operating system");
  if (!["advertiser_id", "attribution", "anon_id", "ud"].some((key) => device[key])) {
    absent("context.device", "an advertising id, an attribution cookie, an anon id, or customer data");
  }
  if (consent.advertiserTracking === undefined) {
    issues.push(warningIssue("consent_unset", "consent.advertiserTracking", "unset: sent as 0, without customer data"));
  }
  return issues;
}
