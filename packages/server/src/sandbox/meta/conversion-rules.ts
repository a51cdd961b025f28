import { isSha256WithAppendix } from "../hashes.js";
import { isFilled, isObject, type JsonObject } from "../json.js";
import type { Path, Problem } from "../shape.js";
import { invalid, type MetaRefusal, subcodes } from "./errors.js";
import { extinfoProblem, lacksOsVersion } from "./extinfo.js";
import * as keys from "./keys.js";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const MAX_AGE = 7 * DAY;
/** Events of a physical store may be uploaded for longer. */
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
  if (source === undefined) return invalid(`action_source must be one of ${keys.actionSources.join(", ")}`);
  const user = isObject(event.user_data) ? event.user_data : {};
  for (const rule of [required, time, purchase, hashed, strongEnough, appData, processingOptions]) {
    const refusal = rule({ event, path, source, user, now });
    if (refusal) return refusal;
  }
  return undefined;
}

/** `$['data'][0]['user_data']`, as Meta writes a path. */
function jsonPath(path: Path): string {
  return `$${path.map((part) => (typeof part === "number" ? `[${part}]` : `['${part}']`)).join("")}`;
}

function shapeRefusal({ kind, path, expected }: Problem): MetaRefusal {
  if (kind === "missing") return missing(path);
  const detail =
    kind === "unknown"
      ? `Unexpected key "${String(path.at(-1))}" on param ${jsonPath(path.slice(0, -1))}`
      : `Unexpected type for param ${jsonPath(path)}: expected a ${expected}`;
  return invalid(detail, subcodes.wrongType);
}

/** No subcode is known for a missing field. */
const missing = (path: Path) => invalid(`Missing required parameter ${jsonPath(path)}`);

const required: Rule = ({ event, path, source, user }) => {
  const channel =
    source === "business_messaging" ? (keys.requiredByChannel[String(event.messaging_channel)] ?? []) : [];
  const paths = [...(keys.requiredByActionSource[source] ?? []), ...channel.map((key) => ["user_data", key])];
  const absent = paths.find(([first = "", second]) => {
    const part = first === "user_data" ? user : event[first];
    return !isFilled(second === undefined ? part : isObject(part) ? part[second] : undefined);
  });
  return absent && missing([...path, ...absent]);
};

const time: Rule = ({ event, path, source, now }) => {
  const at = Number(event.event_time);
  const where = jsonPath([...path, "event_time"]);
  if (at > now + MAX_AHEAD) return invalid(`${where} is in the future`, undefined, "Event timestamp is in the future");
  const inStore = source === "physical_store";
  if (at >= now - (inStore ? MAX_AGE_IN_STORE : MAX_AGE)) return undefined;
  return invalid(`${where} is older than ${inStore ? 62 : 7} days`, subcodes.tooOld, "Event timestamp too old");
};

const purchase: Rule = ({ event, path }) => {
  if (event.event_name !== "Purchase") return undefined;
  const data = isObject(event.custom_data) ? event.custom_data : {};
  if (!isFilled(data.value)) {
    return invalid(`${jsonPath(path)}: a Purchase needs a value`, subcodes.purchaseWithoutValue, "Missing value");
  }
  return isFilled(data.currency) ? undefined : missing([...path, "custom_data", "currency"]);
};

const hashed: Rule = ({ user, path }) => {
  const bad = keys.hashedUserKeys.find((key) =>
    [user[key]].flat().some((value) => isFilled(value) && !isSha256WithAppendix(value)),
  );
  if (bad === undefined) return undefined;
  const where = jsonPath([...path, "user_data", bad]);
  return invalid(`${where} must be a SHA-256 hash`, subcodes.notHashed, "User data not hashed");
};

/** Also refuses user_data without any identifier. */
const strongEnough: Rule = ({ user, path }) => {
  const sent = Object.keys(user).filter((key) => isFilled(user[key]) && !keys.notMatchKeys.includes(key));
  if (!keys.weakCombinations.some((weak) => sent.every((key) => weak.includes(key)))) return undefined;
  const detail = `${jsonPath([...path, "user_data"])} identifies too many people: ${sent.join(", ") || "nothing"}`;
  return invalid(detail, subcodes.tooWeak, "Customer information too weak");
};

const appData: Rule = ({ event, path }) => {
  const extinfo = isObject(event.app_data) ? event.app_data.extinfo : undefined;
  if (!Array.isArray(extinfo)) return undefined;
  const problem = extinfoProblem(extinfo) ?? (lacksOsVersion(extinfo) ? "extinfo needs the OS version" : undefined);
  return problem === undefined ? undefined : invalid(`${jsonPath([...path, "app_data", "extinfo"])}: ${problem}`);
};

const processingOptions: Rule = ({ event, path }) => {
  const { data_processing_options_country: country, data_processing_options_state: state } = event;
  return country !== undefined && state === undefined ? missing([...path, "data_processing_options_state"]) : undefined;
};
