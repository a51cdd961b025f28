import { hashWarnings } from "../hashes.js";
import { isFilled, isObject, type JsonObject, parseJson } from "../json.js";
import * as keys from "./app-event-keys.js";
import { lacksOsVersion } from "./extinfo.js";

const SECONDS_LIMIT = 100_000_000_000;

/** What of a request's parameters would be ignored. */
export function parameterWarnings(parameters: JsonObject, user: JsonObject): string[] {
  const unknown = Object.keys(parameters).filter((key) => !keys.parameters.includes(key));
  const unknownUser = Object.keys(user).filter((key) => !keys.userKeys.includes(key));
  const { extinfo } = parameters;
  return [
    ...unknown.map((key) => `"${key}" is not a parameter: it is ignored`),
    ...unknownUser.map((key) => `ud.${key} is not customer information: it is ignored`),
    ...Object.keys(user)
      .filter((key) => keys.userKeys.includes(key) && isFilled(user[key]))
      .flatMap((key) => hashWarnings(`ud.${key}`, hashesIn(user[key]), "it is ignored")),
    ...(Array.isArray(extinfo) && lacksOsVersion(extinfo) ? ["extinfo has no OS version"] : []),
  ];
}

/** The SDKs join several values of a key with commas. */
function hashesIn(value: unknown): unknown[] {
  return [value].flat().flatMap((entry: unknown) => (typeof entry === "string" ? entry.split(",") : [entry]));
}

/** What of one item of custom_events would be ignored. */
export function itemWarnings(item: JsonObject): string[] {
  const own = Object.keys(item).filter((key) => !key.startsWith("_") && key !== "event_id");
  const badNames = own.filter((key) => !keys.parameterName.test(key));
  const badValues = own.filter((key) => typeof item[key] !== "string" && typeof item[key] !== "number");
  return [
    ...badNames.map((key) => `"${key}" is not a valid parameter name`),
    ...badValues.map((key) => `${key} is neither text nor a number`),
    ...(own.length > keys.MAX_PARAMETERS ? [`more than ${keys.MAX_PARAMETERS} parameters`] : []),
    ...(typeof item._logTime === "number" && item._logTime >= SECONDS_LIMIT ? ["_logTime is not in seconds"] : []),
    ...(isFilled(item._valueToSum) && item._eventName === "fb_mobile_purchase" && !isFilled(item.fb_currency)
      ? ["_valueToSum without fb_currency"]
      : []),
    ...(typeof item.fb_content === "string" && !isContentList(parseJson(item.fb_content))
      ? ["fb_content is not a JSON list of items with id and quantity"]
      : []),
  ];
}

function isContentList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && isFilled(item.id) && isFilled(item.quantity));
}
