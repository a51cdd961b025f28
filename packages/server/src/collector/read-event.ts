import {
  type App,
  type Clicks,
  type Device,
  type EventName,
  type Issue,
  isFbCookie,
  type Page,
  type TrackedEvent,
  type Vendor,
} from "@beaconry/core";
import { clickIdForm, readMatchKeys, toPageAddress, toPageTitle } from "@beaconry/core/internal";
import type { Client } from "../seen-request.js";
import { type Claim, claimsIn } from "./claims.js";
import { readConsent } from "./read-consent.js";
import { asNumber, asObject, asText, isObject, isPlain, type JsonBudget } from "./shape.js";

/** An event as a page told it, cleaned: only what a page may say. */
export interface ReceivedEvent {
  readonly event: TrackedEvent;
  /** The vendors whose tag has reported it in the browser. */
  readonly tags: readonly Vendor[];
  /** What it said that is not the page's to say. It was left out. */
  readonly claims: readonly Claim[];
}

/** An event that can not be used, and why. */
export interface RefusedEvent {
  readonly issues: readonly Issue[];
  readonly claims: readonly Claim[];
}

/** Names on the first level of `properties`. */
const mostProperties = 100;

/** The last moment that a `Date` can hold, ms. */
const lastMoment = 8.64e15;

const problem = (path: string, message: string): Issue => ({ severity: "error", code: "wrong_value", path, message });

/**
 * Reads one event out of a batch. Every field is copied by name and checked: an address, another source than web or
 * app, and anything unknown that a page claims are left behind.
 * @param budget what `properties` may cost, of the whole batch; an event that is refused costs nothing
 * @param client who sends it, as the collector sees it
 * @param skew ms to add to the event's time: how far the page's clock is behind
 * @param now ms
 */
export function readEvent(
  value: unknown,
  budget: JsonBudget,
  client: Client,
  skew: number,
  now: number,
): ReceivedEvent | RefusedEvent {
  const given = asObject(value);
  const matchKeys = readMatchKeys(given.matchKeys);
  const claims = claimsIn(given, matchKeys);
  const refused = (path: string, message: string): RefusedEvent => ({ issues: [problem(path, message)], claims });
  const id = readId(given.id);
  const name = asText(given.name, 100);
  const time = asNumber(given.time);
  const properties = given.properties ?? {};
  const context = asObject(given.context);
  const { source } = context;
  if (id === undefined) return refused("id", "accepted is a text of 1 to 128 letters, digits and ._:-");
  if (name === undefined || !/^[\x20-\x7e]+$/.test(name)) {
    return refused("name", "accepted is a printable ASCII text of 1 to 100 characters");
  }
  if (time === undefined || time < 0 || time > lastMoment) {
    return refused("time", "accepted are milliseconds since 1970");
  }
  const left = budget.values;
  if (!isObject(properties) || Object.keys(properties).length > mostProperties || !isPlain(properties, budget)) {
    budget.values = left;
    const most = `at most ${mostProperties} names, each of at most 100 characters, ${budget.depth} deep, of ${left} values`;
    return refused("properties", `accepted is an object of ${most}`);
  }
  if (source !== "web" && source !== "app") return refused("context.source", "accepted from a page are web and app");
  const event: TrackedEvent = {
    id,
    name: name as EventName,
    // A clock that runs ahead would sink the vendor's whole batch.
    time: Math.max(0, Math.min(Math.floor(time + skew), now)),
    properties: properties as TrackedEvent["properties"],
    matchKeys,
    context: {
      source,
      page: readPage(context.page),
      ip: client.ip,
      userAgent: client.userAgent,
      locale: asText(context.locale, 35),
      clicks: readClicks(asObject(context.clicks)),
      ...(source === "app" && { app: readApp(context.app), device: readDevice(context.device) }),
    },
    consent: readConsent(given.consent),
  };
  return { event, tags: readTags(given.tags), claims };
}

/** The event's id where there is one that can be repeated to the page. */
export function readId(value: unknown): string | undefined {
  const id = asText(value, 128);
  return id !== undefined && /^[\w.:-]+$/.test(id) ? id : undefined;
}

function readPage(value: unknown): Page | undefined {
  const page = asObject(value);
  const [url, referrer, title] = [asText(page.url), asText(page.referrer), asText(page.title)];
  if (url === undefined) return undefined;
  return {
    url: toPageAddress(url),
    referrer: referrer && toPageAddress(referrer),
    title: title && toPageTitle(title),
  };
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

function readTags(value: unknown): readonly Vendor[] {
  return (["meta", "tiktok"] as const).filter((vendor) => Array.isArray(value) && value.includes(vendor));
}
