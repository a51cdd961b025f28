import { addressWarnings } from "../addresses.js";
import { hashWarnings, neverHashedWarnings } from "../hashes.js";
import { isFilled, isObject, type JsonObject, parseJson } from "../json.js";
import { unknownKeys } from "../shape.js";
import * as keys from "./app-event-keys.js";
import { currencyWarnings } from "./currencies.js";
import { lacksOsVersion } from "./extinfo.js";
import { isNoAdvertiser } from "./installs.js";
import { processingWarnings } from "./processing-options.js";
import { appNameWarnings } from "./standard-names.js";

const SECONDS_LIMIT = 100_000_000_000;

/** What of a request's parameters would be ignored. */
export function parameterWarnings(parameters: JsonObject, user: JsonObject, forwardedFor: string): string[] {
  const { extinfo } = parameters;
  return [
    ...unknownKeys(parameters, keys.parameters).map((key) => `"${key}" is not a parameter: it is ignored`),
    ...(isNoAdvertiser(parameters.advertiser_id) ? ["advertiser_id is all zeros: it identifies no device"] : []),
    ...neverHashedWarnings(parameters, keys.plainParameters),
    ...userWarnings(user),
    ...(Array.isArray(extinfo) && lacksOsVersion(extinfo) ? ["extinfo has no OS version"] : []),
    ...processingWarnings({
      options: parameters.data_processing_options,
      country: parameters.data_processing_options_country,
      state: parameters.data_processing_options_state,
    }),
    ...addressWarnings("X-Forwarded-For", forwardedFor),
  ];
}

function userWarnings(user: JsonObject): string[] {
  const sent = Object.keys(user).filter((key) => isFilled(user[key]));
  return sent.flatMap((key) => {
    const values = hashesIn(user[key]);
    if (keys.userKeys.includes(key)) return hashWarnings(`ud.${key}`, values, "it is ignored");
    if (keys.externalIds.includes(key)) return hashWarnings(`ud.${key}`, values, "hashing it is recommended");
    return [`ud.${key} is not customer information: it is ignored`];
  });
}

/** The SDKs join several values of a key with commas. */
function hashesIn(value: unknown): unknown[] {
  return [value].flat().flatMap((entry: unknown) => (typeof entry === "string" ? entry.split(",") : [entry]));
}

/** What of one item of custom_events would be ignored; `isElsewhere` when the request has an event_id of its own. */
export function itemWarnings(item: JsonObject, isElsewhere: boolean): string[] {
  const own = Object.keys(item).filter((key) => !key.startsWith("_") && key !== "event_id");
  const badNames = own.filter((key) => !keys.parameterName.test(key));
  const badValues = own.filter((key) => typeof item[key] !== "string" && typeof item[key] !== "number");
  const name = String(item._eventName);
  return [
    ...appNameWarnings(name),
    ...idWarnings(item, isElsewhere),
    ...badNames.map((key) => `"${key}" is not a valid parameter name`),
    ...badValues.map((key) => `${key} is neither text nor a number`),
    ...(own.length > keys.MAX_PARAMETERS ? [`more than ${keys.MAX_PARAMETERS} parameters`] : []),
    ...(typeof item._logTime === "number" && item._logTime >= SECONDS_LIMIT ? ["_logTime is not in seconds"] : []),
    ...(isFilled(item._valueToSum) && keys.priced.includes(name) && !isFilled(item.fb_currency)
      ? ["_valueToSum without fb_currency"]
      : []),
    ...currencyWarnings("fb_currency", item.fb_currency),
    ...valueWarnings(item),
    ...(typeof item.fb_content === "string" && !isContentList(parseJson(item.fb_content))
      ? ["fb_content is not a JSON list of items with id and quantity"]
      : []),
  ];
}

function idWarnings({ event_id: id }: JsonObject, isElsewhere: boolean): string[] {
  if (isFilled(id) && typeof id !== "string") return ["event_id is not a text: no copy is recognised by it"];
  if (isFilled(id) || !isElsewhere) return [];
  return ["event_id is beside custom_events and not in them: no copy is recognised by it"];
}

function valueWarnings(item: JsonObject): string[] {
  return Object.entries(keys.itemShapes).flatMap(([key, shape]) => {
    const problem = isFilled(item[key]) && shape(item[key], []);
    return problem ? [`${key} is not a ${problem.expected}`] : [];
  });
}

function isContentList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && isFilled(item.id) && isFilled(item.quantity));
}
