import { checkBasics } from "../catalog/check-basics.js";
import { isCurrency, isTikTokCurrency } from "../catalog/currencies.js";
import { readProperties } from "../catalog/read-properties.js";
import { type Allowed, notAllowed, permission } from "../consent.js";
import type { EventContext, Source } from "../context.js";
import type { TrackedEvent } from "../event.js";
import { checkAddress, isAddress } from "../ip-address.js";
import { errorIssue, type Issue, joinIssues, warningIssue } from "../issue.js";
import { checkPage } from "../page-url.js";
import { type HashOptions, vendorKeys } from "../user/hash-user-data.js";
import { compact, hasMembers, toSeconds, type Wire, wire } from "../wire.js";
import { checkTikTokAd, toTikTokAd } from "./ad.js";
import { checkTikTokName, tikTokName } from "./name.js";
import { toTikTokProperties } from "./properties.js";
import { toTikTokUser } from "./user.js";

/** TikTok's `event_source`. */
export type TikTokSource = "web" | "app" | "offline" | "crm";

const sources: Partial<Record<Source, TikTokSource>> = { web: "web", app: "app", store: "offline", crm: "crm" };

/** TikTok's name for a source, or `undefined` where TikTok takes no events from it. */
export function toTikTokSource(source: Source): TikTokSource | undefined {
  return sources[source];
}

/** One member of `data` in `POST /open_api/v1.3/event/track/`. Keys are TikTok's own. */
export interface TikTokEvent {
  event: string;
  /** Seconds. */
  event_time: number;
  event_id: string;
  user: Record<string, unknown>;
  properties?: Record<string, unknown>;
  page?: { url: string; referrer?: string };
  app?: { app_id: string; app_name?: string; app_version?: string };
  lead?: { lead_id: string; lead_event_source?: string };
  ad?: Record<string, unknown>;
  limited_data_use?: true;
}

/**
 * The event as TikTok's Events API 2.0 takes it, or the reasons why not: TikTok would refuse it, or the person did
 * not allow it.
 */
export function toTikTokEvent(event: TrackedEvent, options: HashOptions = {}): Wire<TikTokEvent> {
  const { consent, context } = event;
  const source = toTikTokSource(context.source);
  if (!source) {
    return { issues: [errorIssue("unsupported_source", "context.source", `TikTok takes no ${context.source} events`)] };
  }
  const allowed = permission(consent, context.source, context.device);
  if (allowed.send !== "allow") return { issues: [notAllowed(allowed)] };
  const { standard, custom, issues } = readProperties(event);
  const keys = vendorKeys(event, "tiktok", options);
  const user = toTikTokUser(event, source, keys.keys, allowed);
  const properties = toTikTokProperties(standard, custom);
  const body: TikTokEvent = {
    event: tikTokName(event.name, source),
    event_time: toSeconds(event.time),
    // TikTok lists it for all sources but apps. There it may be ignored, and is the only thing that could tell a repeat.
    event_id: event.id,
    user,
  };
  if (hasMembers(properties)) body.properties = properties;
  addPlace(body, source, context, allowed);
  return wire(
    body,
    joinIssues(
      checkTikTokName(event.name, source),
      issues,
      // Without them the event counts, but has no value: a warning here, while Meta refuses.
      checkBasics(event, standard, "warning"),
      checkCurrency(standard.currency, context.source),
      keys.issues,
      source === "web" || source === "app" ? checkVisit(context, allowed) : [],
      source === "web" ? checkPage(context) : [],
      checkContext(source, context, user),
    ),
  );
}

/** Adds the part that only this source has. */
function addPlace(body: TikTokEvent, source: TikTokSource, context: EventContext, { limitedDataUse }: Allowed): void {
  const { ad, app, device, lead, page } = context;
  if (source === "offline") return;
  if (source === "crm") {
    if (lead?.tiktok) body.lead = compact({ lead_id: lead.tiktok, lead_event_source: lead.crm });
    return;
  }
  const appId = (device?.platform === "ios" && app?.storeId) || app?.id;
  if (source === "web" && page) body.page = compact({ url: page.url, referrer: page.referrer || undefined });
  if (source === "app" && appId) {
    body.app = compact({ app_id: appId, app_name: app?.name, app_version: app?.version });
  }
  const ofAd = ad ? toTikTokAd(ad, source) : {};
  if (hasMembers(ofAd)) body.ad = ofAd;
  if (limitedDataUse) body.limited_data_use = true;
}

function checkCurrency(currency: string | undefined, source: Source): readonly Issue[] {
  if (currency === undefined || !isCurrency(currency) || isTikTokCurrency(currency, source)) return [];
  const message = `properties.currency is ${currency}, which TikTok does not list: the value may not be counted`;
  return [warningIssue("wrong_value", "properties.currency", message)];
}

/** What only events of the web and of apps have. */
function checkVisit(context: EventContext, { limitedDataUse }: Allowed): readonly Issue[] {
  const issues = joinIssues(checkAddress(context), context.ad ? checkTikTokAd(context.ad) : []);
  if (limitedDataUse && !isAddress(context.ip)) {
    const message = "context.ip is needed for limited data use: TikTok finds out the state by it";
    issues.push(warningIssue("missing", "context.ip", message));
  }
  return issues;
}

/** What TikTok requires of each source. "Report App, Web, Offline, or CRM Events". */
function checkContext(source: TikTokSource, context: EventContext, user: Record<string, unknown>): readonly Issue[] {
  const absent = (path: string, what: string) => [errorIssue("missing", path, `TikTok requires ${path}: ${what}`)];
  if (source === "web" && !context.page?.url) return absent("context.page.url", "the page of a web event");
  if (source === "app" && !context.app?.id) return absent("context.app.id", "the app of an app event");
  if (source === "crm" && !context.lead?.tiktok) return absent("context.lead.tiktok", "the lead of a CRM event");
  if (source === "offline" && !user.email && !user.phone) return absent("user", "e-mail or phone for an offline event");
  const issues: Issue[] = [];
  if (source === "app" && context.device?.platform === "ios" && !context.app?.storeId) {
    const message = "TikTok knows an iOS app by the App Store's numeric id, context.app.storeId: the bundle id is sent";
    issues.push(warningIssue("missing", "context.app.storeId", message));
  }
  const strong = ["email", "phone", "external_id", "ttclid", "ttp", "idfa", "gaid", "idfv"];
  if (strong.some((key) => user[key])) return issues;
  const message = "no key by which TikTok recognises a person: it can hardly match this event";
  return [...issues, warningIssue("too_weak", "user", message)];
}
