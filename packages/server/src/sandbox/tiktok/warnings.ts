import { addressWarnings, isPublicAddress } from "../addresses.js";
import { hashWarnings, neverHashedWarnings } from "../hashes.js";
import { isFilled, isObject, type JsonObject } from "../json.js";
import { unknownKeys } from "../shape.js";
import { webAddressWarnings } from "../web-address.js";
import { isListedCurrency } from "./currencies.js";
import * as keys from "./keys.js";
import { nameWarnings } from "./names.js";

const DAY = 86_400_000;
/** The longest attribution window there is. */
const MAX_OFFLINE_AGE = 28 * DAY;
const MINUTE = 60_000;

/** What the Events API takes without a word and then ignores or matches less well. `now` in milliseconds. */
export function eventWarnings(event: JsonObject, source: keys.TikTokSource, now: number): string[] {
  const user = isObject(event.user) ? event.user : {};
  const properties = isObject(event.properties) ? event.properties : {};
  return [
    ...nameWarnings(String(event.event), source),
    ...fieldWarnings(event, source),
    ...timeWarnings(Number(event.event_time) * 1000, source, now),
    ...pageWarnings(event.page),
    ...userWarnings(user, source),
    ...rootContentWarnings(properties),
    ...propertyWarnings(properties, source),
    ...adWarnings(event.ad, source),
    // Limited data use is resolved by state, from the address.
    ...(event.limited_data_use === true && !isPublicAddress(user.ip)
      ? ["limited_data_use has no effect without a public user.ip"]
      : []),
  ];
}

function fieldWarnings(event: JsonObject, source: keys.TikTokSource): string[] {
  const unknown = unknownKeys(event, keys.eventFields).map(
    (key) => `"${key}" is not a field of an event: it is ignored`,
  );
  const misplaced = Object.entries(keys.sourcesOfField)
    .filter(([field, sources]) => event[field] !== undefined && !sources.includes(source))
    .map(([field]) => `${field} is not a field of ${source} events: it is ignored`);
  const noId = source === "web" && !isFilled(event.event_id) ? ["no event_id: a browser copy is not recognised"] : [];
  return [...unknown, ...misplaced, ...noId];
}

/** TikTok documents no limit of age and none of clocks that run ahead, so neither is refused. */
function timeWarnings(time: number, source: keys.TikTokSource, now: number): string[] {
  if (time > now + MINUTE) return ["event_time is in the future"];
  return source === "offline" && now - time > MAX_OFFLINE_AGE
    ? ["event_time is more than 28 days ago: no ad is credited with it"]
    : [];
}

function pageWarnings(page: unknown): string[] {
  return isObject(page) ? webAddressWarnings("page.url", page.url) : [];
}

function userWarnings(user: JsonObject, source: keys.TikTokSource): string[] {
  const sent = Object.keys(user).filter((key) => isFilled(user[key]));
  const unknown = sent.filter((key) => !Object.hasOwn(keys.userFields, key));
  const misplaced = sent.filter((key) => !unknown.includes(key) && !keys.userKeysOf[source].includes(key));
  const hashed = sent.filter((key) => keys.hashedUserKeys.includes(key));
  return [
    ...(sent.every((key) => keys.notMatchKeys.includes(key)) ? ["no match key: nobody can be recognised"] : []),
    ...unknown.map((key) => `user.${key} is not a user field: it is ignored`),
    ...misplaced.map((key) => `user.${key} is not a user field of ${source} events: it is ignored`),
    // TikTok's documents require these hashed; that an unhashed one is refused is not documented.
    ...hashed.flatMap((key) => hashWarnings(`user.${key}`, [user[key]].flat(), "it can not be matched")),
    ...neverHashedWarnings(user, keys.plainUserKeys).map((warning) => `user.${warning}`),
    ...addressWarnings("user.ip", user.ip),
    ...(isFilled(user.ip) !== isFilled(user.user_agent) && keys.userKeysOf[source].includes("ip")
      ? ["user.ip and user.user_agent match best together: one of them is missing"]
      : []),
    ...trackingWarnings(user),
    ...placeWarnings(user),
    ...localeWarnings(user.locale),
    ...advertisingIdWarnings(user),
  ];
}

function trackingWarnings({ att_status: status, email, phone }: JsonObject): string[] {
  if (!isFilled(status)) return [];
  if (!keys.attStatuses.some((known) => known === status)) return ["user.att_status is none that TikTok knows"];
  return status === "DENIED" && (isFilled(email) || isFilled(phone))
    ? ["user.att_status is DENIED: email and phone are not used"]
    : [];
}

/** City, state and country are not hashed, and are in the form that would be. */
function placeWarnings(user: JsonObject): string[] {
  return ["city", "state", "country"]
    .filter((key) => typeof user[key] === "string" && /[\p{Lu}\p{P}\s]/u.test(user[key]))
    .map((key) => `user.${key} is not in lower case without spaces and punctuation`);
}

/** BCP 47; one of TikTok's own examples has an underscore. */
function localeWarnings(locale: unknown): string[] {
  if (!isFilled(locale)) return [];
  try {
    Intl.getCanonicalLocales(String(locale).replaceAll("_", "-"));
    return [];
  } catch {
    return ["user.locale is not a language tag"];
  }
}

/** Raw, an idfa is upper-case and a gaid lower-case; hashed, both are lower-case hex. */
function advertisingIdWarnings({ idfa, gaid }: JsonObject): string[] {
  const wrong = (value: unknown, right: (text: string) => string) =>
    typeof value === "string" && !/^[0-9a-f]{64}$/.test(value) && value !== right(value);
  return [
    ...(wrong(idfa, (text) => text.toUpperCase()) ? ["user.idfa is not upper-case"] : []),
    ...(wrong(gaid, (text) => text.toLowerCase()) ? ["user.gaid is not lower-case"] : []),
  ];
}

/** The browser's tag takes one item flat; the API wants it in contents. */
function rootContentWarnings(properties: JsonObject): string[] {
  return keys.contentKeys
    .filter((key) => isFilled(properties[key]))
    .map((key) => `properties.${key} belongs into properties.contents`);
}

/** Shared with the browser's tag, whose own diagnostics say the same in the console. */
export function propertyWarnings(properties: JsonObject, source: keys.TikTokSource): string[] {
  const { currency, value } = properties;
  const odd = Object.entries(keys.propertyValues)
    .filter(([key, values]) => isFilled(properties[key]) && !values.some((known) => known === properties[key]))
    .map(([key, values]) => `${key} is not one of ${values.join(", ")}`);
  return [
    ...odd,
    ...(isFilled(value) && !isFilled(currency) ? ["value without currency"] : []),
    ...(isFilled(currency) && !isFilled(value) ? ["currency without value"] : []),
    ...(isFilled(currency) && !isListedCurrency(currency, source) ? ["currency is not one TikTok lists"] : []),
  ];
}

/** What app events say about the ad; web events take the share of the attribution alone. */
function adWarnings(ad: unknown, source: keys.TikTokSource): string[] {
  if (!isObject(ad)) return [];
  const share = Number(ad.attribution_share ?? 0);
  const others = source === "web" ? Object.keys(ad).filter((key) => key !== "attribution_share") : [];
  return [
    ...others.map((key) => `ad.${key} is not a field of web events: it is ignored`),
    ...(share < 0 || share > 1 ? ["ad.attribution_share is not between 0 and 1"] : []),
  ];
}
