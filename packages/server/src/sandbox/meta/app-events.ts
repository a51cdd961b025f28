import { copyKey } from "../deduplication.js";
import { isAddress } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson } from "../json.js";
import type { Arrival, DeduplicationKeys } from "../received.js";
import * as keys from "./app-event-keys.js";
import { itemWarnings, parameterWarnings } from "./app-event-warnings.js";
import { invalid, type MetaRefusal } from "./errors.js";
import { extinfoProblem } from "./extinfo.js";

/** iOS gives this to every device that limits ad tracking, so it identifies none. */
const NO_ADVERTISER = "00000000-0000-0000-0000-000000000000";

interface Request {
  readonly appId: string;
  /** Form fields with the nested JSON read. */
  readonly parameters: JsonObject;
  readonly forwardedFor: string | undefined;
}

/** Reads the JSON texts nested in a form. Text that is not JSON stays text. */
export function readParameters(form: JsonObject): JsonObject {
  const read = Object.entries(form).map(([key, value]): [string, unknown] => {
    if (typeof value !== "string") return [key, value];
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

/** What the App Events API says to a request. */
export function readAppEvents({ appId, parameters, forwardedFor }: Request): MetaRefusal | readonly Arrival[] {
  const kind = filledString(parameters.event);
  if (kind === undefined || !keys.appEventKinds.includes(kind)) {
    return invalid(`event must be one of ${keys.appEventKinds.join(", ")}`);
  }
  const advertiserTracking = keys.flagValues[String(parameters.advertiser_tracking_enabled)];
  const applicationTracking = keys.flagValues[String(parameters.application_tracking_enabled)];
  if (advertiserTracking === undefined) return invalid("advertiser_tracking_enabled must be 0 or 1");
  if (applicationTracking === undefined) return invalid("application_tracking_enabled must be 0 or 1");
  if (!isAddress(forwardedFor)) return invalid("X-Forwarded-For must hold the device's one IPv4 or IPv6 address");
  const refusal = checkDevice(parameters);
  if (refusal) return refusal;
  const user = isObject(parameters.ud) ? parameters.ud : {};
  const shared = {
    vendor: "meta",
    side: "server",
    endpoint: "meta.appEvents",
    sourceId: appId,
    matchKeys: matchKeys(parameters, user),
    flags: { advertiserTracking, applicationTracking },
    forwardedFor,
  } as const;
  const warnings = parameterWarnings(parameters, user);
  if (kind !== "CUSTOM_APP_EVENTS") {
    const install = kind === "MOBILE_APP_INSTALL" && installKeys(appId, parameters);
    return [{ ...shared, name: kind, warnings, ...(install && { copies: install }), payload: parameters }];
  }
  const items = parameters.custom_events;
  const bad = checkItems(items);
  if (bad) return bad;
  return (Array.isArray(items) ? items : []).filter(isObject).map((item): Arrival => {
    const name = String(item._eventName);
    const id = filledString(item.event_id);
    return {
      ...shared,
      name,
      ...(id !== undefined && { id, copies: { rule: "meta", keys: [copyKey(appId, name, id)] } }),
      ...(typeof item._logTime === "number" && { time: item._logTime * 1000 }),
      warnings: [...warnings, ...itemWarnings(item)],
      payload: { ...parameters, custom_events: [item] },
    };
  });
}

function checkDevice(parameters: JsonObject): MetaRefusal | undefined {
  const { ud, extinfo } = parameters;
  if (isFilled(ud) && !isObject(ud)) return invalid("ud must be a JSON object");
  const someone = keys.identifiers.some((key) =>
    key === "ud" ? isObject(ud) && Object.values(ud).some(isFilled) : isFilled(parameters[key]),
  );
  if (!someone) return invalid(`one of ${keys.identifiers.join(", ")} is required`);
  const problem = Array.isArray(extinfo) ? extinfoProblem(extinfo) : undefined;
  return problem === undefined ? undefined : invalid(problem);
}

function checkItems(items: unknown): MetaRefusal | undefined {
  if (!Array.isArray(items) || items.length === 0) return invalid("custom_events must be a JSON list of events");
  for (const [index, item] of items.entries()) {
    const where = `custom_events[${index}]`;
    if (!isObject(item)) return invalid(`${where} is not an object`);
    if (typeof item._eventName !== "string" || !keys.eventName.test(item._eventName)) {
      return invalid(`${where}._eventName must match ${keys.eventName.source}`);
    }
    if (item._logTime !== undefined && !Number.isInteger(item._logTime)) {
      return invalid(`${where}._logTime must be a whole number of seconds`);
    }
    if (item._valueToSum !== undefined && !Number.isFinite(item._valueToSum)) {
      return invalid(`${where}._valueToSum must be a number`);
    }
  }
  return undefined;
}

function matchKeys(parameters: JsonObject, user: JsonObject): string[] {
  return [
    ...keys.matchParameters.filter((key) => isFilled(parameters[key])),
    ...Object.keys(user).filter((key) => isFilled(user[key])),
  ].sort();
}

/** An install is known again by any identifier of the device. */
function installKeys(appId: string, parameters: JsonObject): DeduplicationKeys {
  const device = ["advertiser_id", "attribution", "anon_id"]
    .filter((key) => isFilled(parameters[key]) && parameters[key] !== NO_ADVERTISER)
    .map((key) => copyKey(appId, key, parameters[key]));
  const person = isFilled(parameters.ud) ? [copyKey(appId, "ud", parameters.ud)] : [];
  return { rule: "metaInstall", keys: device.length > 0 ? device : person };
}
