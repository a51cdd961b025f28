import {
  type App,
  type Clicks,
  type Consent,
  type Device,
  type EventName,
  type Issue,
  isFbCookie,
  type Page,
  type TrackedEvent,
  type Vendor,
} from "@beaconry/core";
import { clickIdForm, readMatchKeys } from "@beaconry/core/internal";
import { asBoolean, asNumber, asObject, asText, isObject, isShallow } from "./shape.js";

/** An event as a page told it, cleaned: only what a page may say. */
export interface ReceivedEvent {
  readonly event: TrackedEvent;
  /** The vendors whose tag has reported it in the browser. */
  readonly tags: readonly Vendor[];
}

/** Levels of JSON in `properties`, and names on its first one. */
const deepest = 6;
const mostProperties = 100;

const problem = (path: string, message: string): Issue => ({ severity: "error", code: "wrong_value", path, message });

/**
 * Reads one event out of a batch. Every field is copied by name and checked: an address, another source than web or
 * app, and anything unknown that a page claims are left behind.
 * @param skew ms to add to the event's time: how far the page's clock is behind
 * @param now ms
 */
export function readEvent(
  value: unknown,
  skew: number,
  now: number,
): ReceivedEvent | { readonly issues: readonly Issue[] } {
  const given = asObject(value);
  const id = readId(given.id);
  const name = asText(given.name, 100);
  const time = asNumber(given.time);
  const properties = given.properties ?? {};
  const context = asObject(given.context);
  const { source } = context;
  if (id === undefined) return { issues: [problem("id", "accepted is a text of 1 to 128 letters, digits and ._:-")] };
  if (name === undefined || !/^[\x20-\x7e]+$/.test(name)) {
    return { issues: [problem("name", "accepted is a printable ASCII text of 1 to 100 characters")] };
  }
  if (time === undefined) return { issues: [problem("time", "accepted are milliseconds since 1970")] };
  if (!isObject(properties) || Object.keys(properties).length > mostProperties || !isShallow(properties, deepest)) {
    return {
      issues: [problem("properties", `accepted is an object of at most ${mostProperties} names, ${deepest} deep`)],
    };
  }
  if (source !== "web" && source !== "app")
    return { issues: [problem("context.source", "accepted from a page are web and app")] };
  const event: TrackedEvent = {
    id,
    name: name as EventName,
    // A clock that runs ahead would sink the vendor's whole batch.
    time: Math.min(Math.floor(time + skew), now),
    properties: properties as TrackedEvent["properties"],
    matchKeys: readMatchKeys(given.matchKeys),
    context: {
      source,
      page: readPage(context.page),
      locale: asText(context.locale, 35),
      clicks: readClicks(asObject(context.clicks)),
      ...(source === "app" && { app: readApp(context.app), device: readDevice(context.device) }),
    },
    consent: readConsent(asObject(given.consent)),
  };
  return { event, tags: readTags(given.tags) };
}

/** The event's id where there is one that can be repeated to the page. */
export function readId(value: unknown): string | undefined {
  const id = asText(value, 128);
  return id !== undefined && /^[\w.:-]+$/.test(id) ? id : undefined;
}

function readPage(value: unknown): Page | undefined {
  const page = asObject(value);
  const url = asText(page.url, 4_096);
  return url === undefined
    ? undefined
    : { url, referrer: asText(page.referrer, 4_096), title: asText(page.title, 500) };
}

function readClicks({ fbc, fbp, ttclid, ttp }: Readonly<Record<string, unknown>>): Clicks {
  const fbCookie = (value: unknown) => (typeof value === "string" && isFbCookie(value) ? value : undefined);
  const clickId = (value: unknown) => {
    const text = asText(value, 500);
    return text !== undefined && clickIdForm.test(text) ? text : undefined;
  };
  return { fbc: fbCookie(fbc), fbp: fbCookie(fbp), ttclid: clickId(ttclid), ttp: clickId(ttp) };
}

function readApp(value: unknown): App | undefined {
  const app = asObject(value);
  const id = asText(app.id, 200);
  if (id === undefined) return undefined;
  const text = (name: keyof App) => asText(app[name], 1_000);
  return {
    id,
    storeId: text("storeId"),
    name: text("name"),
    version: text("version"),
    build: text("build"),
    userId: text("userId"),
    campaignIds: text("campaignIds"),
    clickId: text("clickId"),
    installerPackage: text("installerPackage"),
    installReferrer: text("installReferrer"),
    googleInstallReferrer: text("googleInstallReferrer"),
    metaInstallReferrer: text("metaInstallReferrer"),
  };
}

function readDevice(value: unknown): Device | undefined {
  const device = asObject(value);
  const { platform } = device;
  const osVersion = asText(device.osVersion, 50);
  if ((platform !== "ios" && platform !== "android") || osVersion === undefined) return undefined;
  const text = (name: string) => asText(device[name], 100);
  const number = (name: string) => asNumber(device[name]);
  return {
    platform,
    osVersion,
    advertisingId: text("advertisingId"),
    vendorId: text("vendorId"),
    anonId: text("anonId"),
    attribution: text("attribution"),
    model: text("model"),
    locale: text("locale"),
    timezoneAbbreviation: text("timezoneAbbreviation"),
    timezone: text("timezone"),
    carrier: text("carrier"),
    screenWidth: number("screenWidth"),
    screenHeight: number("screenHeight"),
    screenDensity: number("screenDensity"),
    cpuCores: number("cpuCores"),
    storage: number("storage"),
    freeStorage: number("freeStorage"),
  };
}

function readConsent(given: Readonly<Record<string, unknown>>): Consent {
  const region = asObject(given.limitedDataUse);
  const country = asNumber(region.country);
  const state = asNumber(region.state);
  return {
    advertising: asBoolean(given.advertising),
    advertiserTracking: asBoolean(given.advertiserTracking),
    applicationTracking: asBoolean(given.applicationTracking),
    limitedDataUse: country !== undefined && state !== undefined ? { country, state } : asBoolean(given.limitedDataUse),
  };
}

function readTags(value: unknown): readonly Vendor[] {
  return (["meta", "tiktok"] as const).filter((vendor) => Array.isArray(value) && value.includes(vendor));
}
