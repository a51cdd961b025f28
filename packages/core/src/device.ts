import { compact } from "./wire.js";

/** What is known of the device on which an app event happened. All optional but the platform and its version. */
export interface Device {
  platform: "android" | "ios";
  /** Version of the operating system, such as `13.4.1`. */
  osVersion: string;
  /** IDFA or Google advertising id, as the system gives it. Never hashed; left out when tracking is not allowed. */
  advertisingId?: string;
  /** Apple's identifier for vendor (IDFV). */
  vendorId?: string;
  /** An id of this installation that you made, kept until the app is removed. */
  anonId?: string;
  /** Meta's mobile cookie: Android, and iOS before 6. */
  attribution?: string;
  /** Such as `iPhone5,1`. */
  model?: string;
  /** Such as `en_US`. */
  locale?: string;
  /** Abbreviation, such as `PDT` or `GMT+01:00`. */
  timezoneAbbreviation?: string;
  /** IANA name, such as `Europe/Paris`. */
  timezone?: string;
  carrier?: string;
  /** Pixels. */
  screenWidth?: number;
  /** Pixels. */
  screenHeight?: number;
  /** Device pixels to a logical one, such as `2`. */
  screenDensity?: number;
  cpuCores?: number;
  /** Gigabytes. */
  storage?: number;
  /** Gigabytes. */
  freeStorage?: number;
}

/** What a page in an app's web view knows of the device. All optional, since browsers differ and may keep it back. */
export interface BrowserFacts {
  /** `navigator.userAgent`. */
  userAgent?: string;
  /** What `navigator.userAgentData.getHighEntropyValues(["platformVersion", "model"])` resolves to. */
  userAgentData?: { platform?: string; platformVersion?: string; model?: string };
  /** `navigator.language`, BCP 47. */
  language?: string;
  /** `Intl.DateTimeFormat().resolvedOptions().timeZone`, an IANA name. */
  timezone?: string;
  /** `new Date().getTimezoneOffset()`: minutes from local time to UTC, so `-60` in Paris in winter. */
  timezoneOffset?: number;
  /** `window.screen`, in CSS pixels. */
  screen?: { width?: number; height?: number };
  /** `window.devicePixelRatio`. */
  devicePixelRatio?: number;
  /** `navigator.hardwareConcurrency`. */
  hardwareConcurrency?: number;
}

/**
 * What the facts say of the device. Anything absent, hostile or out of range is left out; on neither Android nor iOS
 * (an iPad that asks for desktop pages calls itself a Macintosh) there is no `platform`.
 *
 * The operating system's version is the one that the browser tells, which may be frozen: Android's user agent says
 * `10` for every later one, so `userAgentData` goes first. A model is known on Android alone. Screens are in physical
 * pixels on Android and in points on iOS, as Meta's own examples of `extinfo` have them.
 */
export function deviceFromBrowser(facts: BrowserFacts): Partial<Device> {
  const { userAgent, userAgentData, language, timezone, timezoneOffset, screen } = facts ?? {};
  const density = within(facts?.devicePixelRatio, 0.1, 16);
  const system = readSystem(textOf(userAgent, 1_000), userAgentData);
  const scale = system.platform === "android" ? density : 1;
  const device: Partial<Device> = {
    ...system,
    locale: localeName(language),
    timezoneAbbreviation: offsetName(timezoneOffset),
    timezone: textOf(timezone, 64, /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/),
    screenWidth: whole(screen?.width, scale),
    screenHeight: whole(screen?.height, scale),
    screenDensity: density && Math.round(density * 100) / 100,
    cpuCores: whole(facts?.hardwareConcurrency, 1),
  };
  return compact(device);
}

/** `en-US` → `en_US`, `zh-Hant-TW` → `zh_TW`: language and country. `undefined` for what is no language tag. */
export function localeName(tag: string | undefined): string | undefined {
  const match = /^([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?:-[a-z\d-]*)?$/i.exec(textOf(tag, 100) ?? "");
  const [, language, country] = match ?? [];
  if (language === undefined) return undefined;
  return country === undefined ? language.toLowerCase() : `${language.toLowerCase()}_${country.toUpperCase()}`;
}

/** `Android 14; Pixel 8 Build/UD1A; wv)`: the version, and the model where there is one. */
const android = /\bAndroid (\d+(?:\.\d+){0,3})(?:; ([^;()]{1,100}?)(?: Build\/[^;()]*)?(?:; wv)?\))?/;

type System = Pick<Partial<Device>, "platform" | "osVersion" | "model">;

function readSystem(userAgent = "", hints: BrowserFacts["userAgentData"]): System {
  // Windows Phone named both others in its user agent.
  if (userAgent.includes("Windows Phone")) return {};
  const isAndroid = hints?.platform === "Android" || /\bAndroid\b/.test(userAgent);
  if (!isAndroid) {
    const version = /\b(?:iPhone|iPad|iPod)\b[^)]* OS (\d+(?:_\d+){0,3})/.exec(userAgent)?.[1];
    return version === undefined ? {} : { platform: "ios", osVersion: version.replaceAll("_", ".") };
  }
  const [, version, model] = android.exec(userAgent) ?? [];
  return {
    platform: "android",
    osVersion: textOf(hints?.platformVersion, 20, /^\d+(?:\.\d+){0,3}$/) ?? version,
    // `K` stands for every model in a reduced user agent.
    model: textOf(hints?.model, 100, /^[\x20-\x7e]+$/) ?? (model === "K" ? undefined : model),
  };
}

/** `-60` → `GMT+01:00`. No place is further from Greenwich than 14 hours. */
function offsetName(offset: number | undefined): string | undefined {
  const minutes = within(offset, -840, 840);
  if (minutes === undefined || !Number.isInteger(minutes)) return undefined;
  const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
  const ahead = Math.abs(minutes);
  return `GMT${minutes > 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
}

/** Times `scale`, as a whole number; `undefined` where one of the two is not known. */
function whole(count: number | undefined, scale: number | undefined): number | undefined {
  const known = within(count, 1, 100_000);
  return known === undefined || scale === undefined ? undefined : Math.round(known * scale);
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}

function textOf(value: string | undefined, longest: number, form?: RegExp): string | undefined {
  const isText = typeof value === "string" && value.trim() !== "" && value.length <= longest;
  return isText && (form?.test(value) ?? true) ? value : undefined;
}
