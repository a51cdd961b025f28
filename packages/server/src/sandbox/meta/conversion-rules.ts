import { isSha256WithAppendix } from "../hashes.js";
import { isFilled, isObject, type JsonObject } from "../json.js";
import type { Path, Problem } from "../shape.js";
import { invalid, jsonPath, type MetaRefusal, missing, notOneOf, subcodes, unexpectedType } from "./errors.js";
import { extinfoProblem, lacksOsVersion } from "./extinfo.js";
import * as keys from "./keys.js";
import { processingProblem, processingRefusal } from "./processing-options.js";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const MAX_AGE = 7 * DAY;
/** Events of a physical store may be uploaded for longer: 62 days, though the page that says so repeats the 7 too. */
const MAX_AGE_IN_STORE = 62 * DAY;
/** Meta documents no number; one connector refuses what is more than a minute ahead. */
const MAX_AHEAD = MINUTE;

interface Event {
  readonly event: JsonObject;
  readonly path: Path;
  readonly source: keys.ActionSource;
  readonly user: JsonObject;
  /** Unix seconds. */
  readonly now: number;
}

type Rule = (event: Event) => MetaRefusal | undefined;

/** What Meta says to one event; `now` in Unix seconds. */
export function checkConversion(event: unknown, path: Path, now: number): MetaRefusal | undefined {
  const problem = keys.eventShape(event, path);
  if (problem) return shapeRefusal(problem);
  if (!isObject(event)) return undefined;
  const source = keys.actionSources.find((known) => known === event.action_source);
  if (source === undefined) return notOneOf([...path, "action_source"], keys.actionSources);
  const user = isObject(event.user_data) ? event.user_data : {};
  for (const rule of [required, message, append, time, purchase, hashed, strongEnough, appData, processing]) {
    const refusal = rule({ event, path, source, user, now });
    if (refusal) return refusal;
  }
  return undefined;
}

function shapeRefusal({ kind, path, expected }: Problem): MetaRefusal {
  if (kind === "missing") return missing(path);
  const detail =
    kind === "unknown"
      ? `Unexpected key "${String(path.at(-1))}" on param "${jsonPath(path.slice(0, -1))}"`
      : unexpectedType(path, expected);
  return invalid(detail, subcodes.wrongType);
}

const required: Rule = ({ event, path, source }) => {
  const absent = (keys.requiredByActionSource[source] ?? []).find(([first = "", second]) => {
    const part = event[first];
    return !isFilled(second === undefined ? part : isObject(part) ? part[second] : undefined);
  });
  return absent && missing([...path, ...absent]);
};

const message: Rule = ({ event, path, source, user }) => {
  if (source !== "business_messaging") return undefined;
  const found = keys.channels.find(([channel]) => channel === event.messaging_channel);
  if (!found)
    return notOneOf(
      [...path, "messaging_channel"],
      keys.channels.map(([channel]) => channel),
    );
  const absent = found[1].find((key) => !isFilled(user[key]));
  if (absent !== undefined) return missing([...path, "user_data", absent]);
  if (keys.messagingEvents.includes(String(event.event_name))) return undefined;
  const detail = `Param "${jsonPath([...path, "event_name"])}" must be one of ${keys.messagingEvents.join(", ")}`;
  return invalid(detail, subcodes.notOfConversations, "Messaging Event Invalid Event Type");
};

/** AppendValue adds to an event sent before, which it has to name. */
const append: Rule = ({ event, path }) => {
  const lacksOriginal = event.event_name === "AppendValue" && event.original_event_data === undefined;
  return lacksOriginal ? missing([...path, "original_event_data"]) : undefined;
};

const time: Rule = ({ event, path, source, now }) => {
  const at = Number(event.event_time);
  const where = `Param "${jsonPath([...path, "event_time"])}"`;
  if (at > now + MAX_AHEAD) return invalid(`${where} is in the future`, undefined, "Event Timestamp In The Future");
  const inStore = source === "physical_store";
  if (at >= now - (inStore ? MAX_AGE_IN_STORE : MAX_AGE)) return undefined;
  return invalid(`${where} is older than ${inStore ? 62 : 7} days`, subcodes.tooOld, "Event Timestamp Too Old");
};

const purchase: Rule = ({ event, path }) => {
  if (event.event_name !== "Purchase") return undefined;
  const data = isObject(event.custom_data) ? event.custom_data : {};
  if (!isFilled(data.value)) {
    const detail = `Missing required param "${jsonPath([...path, "custom_data", "value"])}" of a Purchase`;
    return invalid(detail, subcodes.purchaseWithoutValue, "Missing Value");
  }
  return isFilled(data.currency) ? undefined : missing([...path, "custom_data", "currency"]);
};

const hashed: Rule = ({ user, path }) => {
  const bad = keys.hashedUserKeys.find((key) =>
    [user[key]].flat().some((value) => isFilled(value) && !isSha256WithAppendix(value)),
  );
  if (bad === undefined) return undefined;
  const detail = `Param "${jsonPath([...path, "user_data", bad])}" must be a SHA-256 hash`;
  return invalid(detail, subcodes.notHashed, "User Data Not Hashed");
};

/** Also refuses user_data without any identifier. */
const strongEnough: Rule = ({ user, path }) => {
  const sent = Object.keys(user).filter((key) => isFilled(user[key]) && !keys.notMatchKeys.includes(key));
  if (!keys.weakCombinations.some((weak) => sent.every((key) => weak.includes(key)))) return undefined;
  const detail = `Param "${jsonPath([...path, "user_data"])}" fits too many people: ${sent.join(", ") || "nothing"}`;
  return invalid(detail, subcodes.tooWeak, "Customer Information Too Weak");
};

const appData: Rule = ({ event, path }) => {
  const extinfo = isObject(event.app_data) ? event.app_data.extinfo : undefined;
  if (!Array.isArray(extinfo)) return undefined;
  const problem = extinfoProblem(extinfo) ?? (lacksOsVersion(extinfo) ? "needs the version of the system" : undefined);
  return problem === undefined
    ? undefined
    : invalid(`Param "${jsonPath([...path, "app_data", "extinfo"])}" ${problem}`);
};

const processing: Rule = ({ event, path }) => {
  const problem = processingProblem({
    options: event.data_processing_options,
    country: event.data_processing_options_country,
    state: event.data_processing_options_state,
  });
  return problem && processingRefusal(problem, path);
};
