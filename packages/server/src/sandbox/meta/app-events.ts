import { copyKey } from "../deduplication.js";
import { isAddress } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson, timeFrom } from "../json.js";
import type { FormFile } from "../read-form.js";
import type { Arrival } from "../received.js";
import { integer, object, type Problem, test } from "../shape.js";
import * as keys from "./app-event-keys.js";
import { itemWarnings, parameterWarnings } from "./app-event-warnings.js";
import { invalid, jsonPath, type MetaRefusal, unexpectedType } from "./errors.js";
import { extinfoProblem } from "./extinfo.js";
import { installKeys } from "./installs.js";
import { processingProblem } from "./processing-options.js";

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
  const kind = filledString(parameters.event);
  if (kind === undefined || !keys.appEventKinds.includes(kind)) {
    return invalid(`Param "${jsonPath(["event"])}" must be one of ${keys.appEventKinds.join(", ")}`);
  }
  // The guide asks for both with every event; the iOS SDK leaves the first out as long as its owner was not asked.
  const advertiserTracking = keys.flagOf(parameters.advertiser_tracking_enabled);
  const applicationTracking = keys.flagOf(parameters.application_tracking_enabled);
  if (advertiserTracking === undefined) return flagNeeded("advertiser_tracking_enabled");
  if (applicationTracking === undefined) return flagNeeded("application_tracking_enabled");
  // What a list of addresses does is not documented; the guide says one address.
  if (!isAddress(forwardedFor)) return invalid("X-Forwarded-For must hold the device's one IPv4 or IPv6 address");
  const refusal = checkParameters(parameters) ?? checkDevice(parameters) ?? checkProcessing(parameters);
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
  return (Array.isArray(items) ? items : []).filter(isObject).map((item): Arrival => {
    const name = String(item._eventName);
    const id = filledString(item.event_id);
    const time = typeof item._logTime === "number" ? timeFrom(item._logTime * 1000) : undefined;
    return {
      ...shared,
      name,
      ...(id !== undefined && { id, copies: { rule: "meta", keys: [copyKey(appId, name, id)] } }),
      ...(time !== undefined && { time }),
      warnings: [...warnings, ...itemWarnings(item, isFilled(fields.event_id))],
      payload: { ...fields, custom_events: [item] },
      data: item,
    };
  });
}

const flagNeeded = (key: string) => invalid(`Param "${jsonPath([key])}" must be 0 or 1`);

const wrongType = ({ path, expected }: Problem) => invalid(unexpectedType(path, expected));

function checkParameters(parameters: JsonObject): MetaRefusal | undefined {
  const filled = Object.fromEntries(Object.entries(parameters).filter(([, value]) => isFilled(value)));
  const problem = object(keys.parameters)(filled, []);
  return problem && wrongType(problem);
}

function checkDevice(parameters: JsonObject): MetaRefusal | undefined {
  const { ud, extinfo } = parameters;
  const someone = keys.identifiers.some((key) =>
    key === "ud" ? isObject(ud) && Object.values(ud).some(isFilled) : isFilled(parameters[key]),
  );
  if (!someone) return invalid(`one of ${keys.identifiers.join(", ")} is required`);
  const problem = Array.isArray(extinfo) ? extinfoProblem(extinfo) : undefined;
  return problem === undefined ? undefined : invalid(`Param "${jsonPath(["extinfo"])}" ${problem}`);
}

function checkProcessing(parameters: JsonObject): MetaRefusal | undefined {
  const number = (value: unknown) => (isFilled(value) ? Number(value) : undefined);
  const problem = processingProblem({
    options: isFilled(parameters.data_processing_options) ? parameters.data_processing_options : undefined,
    country: number(parameters.data_processing_options_country),
    state: number(parameters.data_processing_options_state),
  });
  if (!problem) return undefined;
  return invalid(`Param "${jsonPath([problem.key])}" ${problem.takes ? `must be ${problem.takes}` : "is missing"}`);
}

/** The events in `custom_events_file`: JSON, by one of two media types; undefined when it holds none. */
function readFile(file: unknown): unknown {
  if (!isObject(file)) return undefined;
  const { type, text } = file as Partial<FormFile>;
  const isTyped = typeof type === "string" && /^(application\/json|content\/unknown)\b/.test(type);
  return isTyped && typeof text === "string" ? parseJson(text) : undefined;
}

const itemShape = object({ _logTime: integer, _valueToSum: test("number", Number.isFinite) });

function checkItems(items: unknown): MetaRefusal | undefined {
  if (!Array.isArray(items) || items.length === 0) {
    return invalid(`Param "${jsonPath(["custom_events"])}" must be a JSON list of events`);
  }
  for (const [index, item] of items.entries()) {
    const path = ["custom_events", index];
    const problem = itemShape(item, path);
    if (problem) return wrongType(problem);
    if (!isObject(item) || typeof item._eventName !== "string" || !keys.eventName.test(item._eventName)) {
      return invalid(`Param "${jsonPath([...path, "_eventName"])}" must match ${keys.eventName.source}`);
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

const deviceOf = ({ advertiser_id, attribution, anon_id, ud }: JsonObject) => ({
  advertiser: advertiser_id,
  attribution,
  anonymous: anon_id,
  ...(isObject(ud) && { person: ud }),
});
