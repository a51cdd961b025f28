import { checkBasics } from "../catalog/check-basics.js";
import { readProperties } from "../catalog/read-properties.js";
import { isFbCookie } from "../clicks/fb-cookie.js";
import { type Allowed, type DataUseRegion, notAllowed, permission } from "../consent.js";
import type { EventContext, Source } from "../context.js";
import type { TrackedEvent } from "../event.js";
import { checkAddress, isAddress } from "../ip-address.js";
import { errorIssue, type Issue, joinIssues, warningIssue } from "../issue.js";
import { checkPage } from "../page-url.js";
import { type HashOptions, type VendorKeys, vendorKeys } from "../user/hash-user-data.js";
import { assignPresent, compact, hasMembers, toSeconds, type Wire, wire } from "../wire.js";
import { toCustomData } from "./custom-data.js";
import { checkRegion, metaRegion } from "./data-use-region.js";
import { toExtinfo } from "./extinfo.js";
import { flag } from "./flag.js";
import { isTooWeak } from "./match-quality.js";
import { checkMessagingEvent, checkMessagingIds, toMessagingIds } from "./messaging.js";

const actionSources = {
  web: "website",
  app: "app",
  store: "physical_store",
  crm: "system_generated",
  email: "email",
  phone_call: "phone_call",
  chat: "chat",
  messaging: "business_messaging",
  other: "other",
} as const satisfies Record<Source, string>;

/** Meta's `app_data`: both flags, and 16 slots of device information. */
export interface AppData {
  advertiser_tracking_enabled: 0 | 1;
  application_tracking_enabled: 0 | 1;
  extinfo: string[];
  campaign_ids?: string;
  install_referrer?: string;
  installer_package?: string;
  url_schemes?: readonly string[];
  vendor_id?: string;
}

/** One member of `data` in `POST /{version}/{dataset}/events`. Keys are Meta's own. */
export interface Conversion {
  event_name: string;
  /** Seconds. */
  event_time: number;
  event_id: string;
  action_source: (typeof actionSources)[Source];
  user_data: Record<string, unknown>;
  custom_data?: Record<string, unknown>;
  event_source_url?: string;
  referrer_url?: string;
  messaging_channel?: "whatsapp" | "messenger" | "instagram";
  opt_out?: true;
  app_data?: AppData;
  data_processing_options?: ["LDU"];
  data_processing_options_country?: number;
  data_processing_options_state?: number;
}

/**
 * The event as Meta's Conversions API takes it, or the reasons why not: Meta would refuse it, and with it every other
 * event of its batch, or the person did not allow it.
 */
export function toConversion(event: TrackedEvent, options: HashOptions = {}): Wire<Conversion> {
  const { consent, context } = event;
  const allowed = permission(consent, context.source, context.device);
  if (allowed.send !== "allow") return { issues: [notAllowed(allowed)] };
  const { standard, custom, issues } = readProperties(event);
  const keys = vendorKeys(event, "meta", options);
  const user = toUserData(context, keys.keys, allowed);
  const data = Object.assign(toCustomData(standard, custom), toContextData(context));
  const isApp = context.source === "app";
  // 0 and 1, as in App Events. "Conversions API for App Events"; the second by its counterpart there.
  for (const name of isApp ? ["success", "payment_info_available"] : []) {
    const given = data[name];
    if (typeof given === "boolean") data[name] = flag(given);
  }
  const body: Conversion = {
    event_name: event.name,
    event_time: toSeconds(event.time),
    event_id: event.id,
    action_source: actionSources[context.source],
    user_data: user,
  };
  // Member by member, as other parts of an event: a loop over a table takes several times as long.
  if (hasMembers(data)) body.custom_data = data;
  if (context.page?.url !== undefined) body.event_source_url = context.page.url;
  if (context.page?.referrer) body.referrer_url = context.page.referrer;
  if (context.messaging?.channel !== undefined) body.messaging_channel = context.messaging.channel;
  if (context.attributionOnly) body.opt_out = context.attributionOnly;
  if (isApp) body.app_data = toAppData(context, allowed);
  if (allowed.limitedDataUse) Object.assign(body, toDataProcessing(allowed.limitedDataUse));
  return wire(
    body,
    joinIssues(
      issues,
      checkBasics(event, standard, "error"),
      keys.issues,
      checkRegion(allowed.limitedDataUse),
      checkContext(event, user),
    ),
  );
}

function toUserData(context: EventContext, keys: VendorKeys, allowed: Allowed): Record<string, unknown> {
  const { clicks, device, lead, messaging } = context;
  const isApp = context.source === "app";
  const user: Record<string, unknown> = allowed.customerData ? { ...keys } : {};
  // An empty text is nothing by which Meta knows somebody, and would make an event that is too weak look strong.
  if (allowed.customerData) {
    if (isLoginId(context.facebookLoginId)) user.fb_login_id = context.facebookLoginId;
    if (context.subscriptionId) user.subscription_id = context.subscriptionId;
    if (lead?.meta) user.lead_id = lead.meta;
  }
  if (messaging) assignPresent(user, toMessagingIds(messaging));
  if (isAddress(context.ip)) user.client_ip_address = context.ip;
  if (context.userAgent) user.client_user_agent = context.userAgent;
  if (clicks?.fbc) user.fbc = clicks.fbc;
  if (clicks?.fbp) user.fbp = clicks.fbp;
  if (isApp && allowed.advertisingId && device?.advertisingId) user.madid = device.advertisingId;
  if (isApp && device?.anonId) user.anon_id = device.anonId;
  return user;
}

/** An integer to Meta, which refuses the request for another. */
function isLoginId(id: string | undefined): id is string {
  return /^\d{1,30}$/.test(String(id));
}

function toAppData({ app, device }: EventContext, allowed: Allowed): AppData {
  return compact({
    advertiser_tracking_enabled: flag(allowed.advertiserTracking),
    application_tracking_enabled: flag(allowed.applicationTracking),
    extinfo: device ? toExtinfo(device, app) : [],
    campaign_ids: app?.campaignIds,
    install_referrer: app?.installReferrer,
    installer_package: app?.installerPackage,
    url_schemes: app?.urlSchemes,
    vendor_id: device?.vendorId,
  });
}

/**
 * What Meta keeps among an event's properties, though it says where the event happened. Of a lead both are required:
 * "Conversion leads integration", payload specification (September 2026).
 */
function toContextData({ lead, source, store }: EventContext): Record<string, unknown> {
  if (source === "crm" && lead) return compact({ event_source: "crm", lead_event_source: lead.crm });
  if (source !== "store" || !store) return {};
  return { store_data: compact({ store_page_id: store.pageId, store_code: store.code }) };
}

function toDataProcessing(region: DataUseRegion): Partial<Conversion> {
  const { country, state } = metaRegion(region);
  return {
    data_processing_options: ["LDU"],
    data_processing_options_country: country,
    data_processing_options_state: state,
  };
}

/** What Meta requires of each action source. "Conversions API parameters" and "Customer information parameters". */
function checkContext({ consent, context, name }: TrackedEvent, user: Record<string, unknown>): readonly Issue[] {
  const issues: Issue[] = [...checkAddress(context)];
  const absent = (path: string, what: string) =>
    issues.push(errorIssue("missing", path, `Meta requires ${path}: ${what}`));
  if (!name || typeof name !== "string") absent("name", "a text");
  if (context.source === "web") {
    if (!context.page?.url) absent("context.page.url", "the page of a web event");
    issues.push(...checkPage(context));
  }
  if (context.source === "messaging") {
    if (context.messaging) issues.push(...checkMessagingIds(context.messaging));
    else absent("context.messaging", "the channel and its ids");
    issues.push(...checkMessagingEvent(name));
  }
  if (context.source === "app" && !context.device?.osVersion) absent("context.device", "the device of an app event");
  // Seen to be taken without it at times, but documented as required: one refusal would take its batch along.
  if (context.source === "web" && !context.userAgent) absent("context.userAgent", "the browser of a web event");
  if (context.source === "app" && consent.advertiserTracking === undefined) {
    issues.push(warningIssue("consent_unset", "consent.advertiserTracking", "unset: sent as 0, without customer data"));
  }
  if (context.facebookLoginId && !isLoginId(context.facebookLoginId)) {
    const message = "context.facebookLoginId is no id of Facebook Login, accepted are digits; left out";
    issues.push(warningIssue("unusable", "context.facebookLoginId", message));
  }
  if (context.lead) issues.push(...checkLead(context.lead, context.source));
  for (const name of ["fbc", "fbp"] as const) {
    const id = context.clicks?.[name];
    if (!id || isFbCookie(id)) continue;
    const message = `context.clicks.${name} is not of the form of Meta's cookie, fb.1.<milliseconds>.<id>: sent as it is`;
    issues.push(warningIssue("wrong_value", `context.clicks.${name}`, message));
  }
  if (isTooWeak(user)) {
    const accepted = "an e-mail, phone, external id, full name, fbp, fbc or address";
    issues.push(
      errorIssue("too_weak", "user", `Meta refuses events whose keys say too little: accepted is ${accepted}`),
    );
  }
  return issues;
}

/** "Conversion leads integration", payload specification: an id that can be no lead's has the event rejected. */
function checkLead({ meta, crm }: NonNullable<EventContext["lead"]>, source: Source): readonly Issue[] {
  const issues: Issue[] = [];
  if (!meta) return issues;
  if (!/^\d{15,17}$/.test(meta)) {
    const message = "context.lead.meta is no id of a lead of Meta's: accepted are 15 to 17 digits";
    issues.push(errorIssue("wrong_value", "context.lead.meta", message));
  }
  if (source === "crm" && !crm) {
    const message = "context.lead.crm, the name of your CRM, is needed for Meta to optimise on converted leads";
    issues.push(warningIssue("missing", "context.lead.crm", message));
  }
  return issues;
}
