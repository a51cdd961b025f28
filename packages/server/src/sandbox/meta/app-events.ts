import { isAddress } from "../addresses.js";
import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson, timeFrom } from "../json.js";
import type { FormFile } from "../read-form.js";
import type { Arrival } from "../received.js";
import * as keys from "./app-event-keys.js";
import { checkItems, checkParameters } from "./app-event-rules.js";
import { itemWarnings, parameterWarnings } from "./app-event-warnings.js";
import { invalid, type MetaRefusal, notOneOf } from "./errors.js";
import { installKeys } from "./installs.js";

interface Request {
  readonly appId: string;
  /** Form fields with the nested JSON read. */
  readonly parameters: JsonObject;
  readonly forwardedFor: string | undefined;
}

/** Reads the JSON texts nested in a form. Text that is not JSON stays text. */
export function readParameters(form: JsonObject): JsonObject {
  const read = Object.entries(form).map(([key, value]): [string, unknown] => {
    if (typeof value !== "string" || value === "") return [key, value];
    if (key === "extinfo") return [key, readExtinfo(value)];
    return [key, keys.jsonParameters.includes(key) ? (parseJson(value) ?? value) : value];
  });
  return Object.fromEntries(read);
}

/** A JSON list, as the SDKs send it, or comma-separated values, as the guide says. */
function readExtinfo(text: string): unknown {
  const parsed = parseJson(text);
  return Array.isArray(parsed) ? (parsed as unknown[]) : text.split(",");
}

/** What the App Events API says to a request. A question for a deferred link has no events in it. */
export function readAppEvents({ appId, parameters, forwardedFor }: Request): MetaRefusal | readonly Arrival[] {
  const kind = keys.appEventKinds.find((known) => known === parameters.event);
  if (kind === undefined) return notOneOf(["event"], keys.appEventKinds);
  const { advertiser_tracking_enabled: advertiser, application_tracking_enabled: application } = parameters;
  // The guide asks for both with every event; the iOS SDK leaves the first out as long as its owner was not asked.
  const advertiserTracking = keys.flagOf(advertiser);
  const applicationTracking = keys.flagOf(application);
  if (advertiserTracking === undefined) return notOneOf(["advertiser_tracking_enabled"], flags);
  if (applicationTracking === undefined) return notOneOf(["application_tracking_enabled"], flags);
  // What a list of addresses does is not documented; the guide says one address.
  if (!isAddress(forwardedFor)) return invalid("X-Forwarded-For must hold the device's one IPv4 or IPv6 address");
  const refusal = checkParameters(parameters);
  if (refusal) return refusal;
  if (kind === "DEFERRED_APP_LINK") return [];
  const { custom_events_file: file, ...fields } = parameters;
  const user = isObject(fields.ud) ? fields.ud : {};
  const shared = {
    vendor: "meta",
    side: "server",
    endpoint: "meta.appEvents",
    sourceId: appId,
    matchKeys: matchKeys(fields, user),
    flags: { advertiserTracking, applicationTracking },
    forwardedFor,
  } as const;
  const warnings = parameterWarnings(parameters, user, forwardedFor);
  if (kind === "MOBILE_APP_INSTALL") {
    return [{ ...shared, name: kind, warnings, copies: installKeys(appId, deviceOf(fields)), payload: fields }];
  }
  const items = isFilled(fields.custom_events) ? fields.custom_events : readFile(file);
  const bad = checkItems(items);
  if (bad) return bad;
  return (Array.isArray(items) ? items : []).filter(isObject).map((item) => ({
    ...shared,
    ...readItem(item, appId),
    warnings: [...warnings, ...itemWarnings(item, isFilled(fields.event_id))],
    payload: { ...fields, custom_events: [item] },
    data: item,
  }));
}

const flags = ["0", "1"];

function readItem(item: JsonObject, appId: string) {
  const name = String(item._eventName);
  const id = filledString(item.event_id);
  const time = typeof item._logTime === "number" ? timeFrom(item._logTime * 1000) : undefined;
  return {
    name,
    ...(id !== undefined && { id, copies: { rule: "meta", keys: [copyKey(appId, name, id)] } as const }),
    ...(time !== undefined && { time }),
  };
}

/** The events in `custom_events_file`: JSON, by one of two media types; undefined when it holds none. */
function readFile(file: unknown): unknown {
  if (!isObject(file)) return undefined;
  const { type, text } = file as Partial<FormFile>;
  const isTyped = typeof type === "string" && /^(application\/json|content\/unknown)\b/.test(type);
  return isTyped && typeof text === "string" ? parseJson(text) : undefined;
}

function matchKeys(parameters: JsonObject, user: JsonObject): string[] {
  return [
    ...keys.matchParameters.filter((key) => isFilled(parameters[key])),
    ...Object.keys(user).filter((key) => isFilled(user[key])),
  ].sort();
}

const deviceOf = ({ advertiser_id, attribution, anon_id, ud }: JsonObject) => ({
  advertiser: advertiser_id,
  attribution,
  anonymous: anon_id,
  ...(isObject(ud) && { person: ud }),
});
