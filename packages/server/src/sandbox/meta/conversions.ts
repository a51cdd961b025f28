import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson } from "../json.js";
import type { Arrival, DeduplicationKeys } from "../received.js";
import { checkConversion } from "./conversion-rules.js";
import { callWarnings, conversionWarnings } from "./conversion-warnings.js";
import { invalid, jsonPath, type MetaRefusal, missing, subcodes, unexpectedType } from "./errors.js";
import { type Device, installKeys } from "./installs.js";
import { notMatchKeys } from "./keys.js";
import { personKeys } from "./person-keys.js";

const MAX_EVENTS = 1000;

/** What the Conversions API says to a call; one bad event refuses the whole of it. `now` in milliseconds. */
export function readConversions(
  parameters: JsonObject,
  datasetId: string,
  now: number,
): MetaRefusal | readonly Arrival[] {
  const testEventCode = filledString(parameters.test_event_code);
  if (isFilled(parameters.test_event_code) && testEventCode === undefined) {
    return invalid(unexpectedType(["test_event_code"], "string"));
  }
  const data = readData(parameters.data);
  if (data === undefined) return missing(["data"]);
  if (!Array.isArray(data)) return invalid(unexpectedType(["data"], "list"), subcodes.wrongType);
  if (data.length < 1 || data.length > MAX_EVENTS) {
    return invalid(`Param "${jsonPath(["data"])}" must have 1 to ${MAX_EVENTS} events, it has ${data.length}`);
  }
  for (const [index, event] of data.entries()) {
    const refusal = checkConversion(event, ["data", index], now / 1000);
    if (refusal) return refusal;
  }
  const shared = {
    vendor: "meta",
    side: "server",
    endpoint: "meta.conversions",
    sourceId: datasetId,
    ...(testEventCode !== undefined && { testEventCode }),
  } as const;
  const warnings = callWarnings(parameters);
  return data.filter(isObject).map((event) => ({
    ...shared,
    ...readConversion(event, datasetId),
    warnings: [...warnings, ...conversionWarnings(event, now)],
  }));
}

/** In a form, `data` is the text of a JSON list, and each event in it may be the text of a JSON object. */
function readData(data: unknown): unknown {
  if (typeof data !== "string") return data;
  const list = parseJson(data);
  if (!Array.isArray(list)) return data;
  return list.map((event: unknown) => (typeof event === "string" ? (parseJson(event) ?? event) : event));
}

function readConversion(event: JsonObject, sourceId: string) {
  const user = isObject(event.user_data) ? event.user_data : {};
  const app = isObject(event.app_data) ? event.app_data : {};
  const name = String(event.event_name);
  const id = filledString(event.event_id);
  const { advertiser_tracking_enabled: advertiser, application_tracking_enabled: application } = app;
  const copies = copiesOf(event, { sourceId, name, user, ...(id !== undefined && { id }) });
  return {
    name,
    ...(id !== undefined && { id }),
    ...(copies && { copies }),
    time: Number(event.event_time) * 1000,
    matchKeys: Object.keys(user)
      .filter((key) => isFilled(user[key]) && !notMatchKeys.includes(key))
      .sort(),
    ...(advertiser !== undefined &&
      application !== undefined && {
        flags: { advertiserTracking: advertiser ? 1 : 0, applicationTracking: application ? 1 : 0 } as const,
      }),
    payload: event,
  };
}

interface Copy {
  readonly sourceId: string;
  readonly name: string;
  readonly id?: string;
  readonly user: JsonObject;
}

function copiesOf(event: JsonObject, { sourceId, name, id, user }: Copy): DeduplicationKeys | undefined {
  // Physical stores' events are compared with each other only, and not by event id.
  if (event.action_source === "physical_store") {
    const { order_id: order, item_number: item } = isObject(event.custom_data) ? event.custom_data : {};
    const who = isFilled(order) ? [item, order] : [event.user_data];
    return { rule: "metaStore", keys: [copyKey(sourceId, event.event_time, name, ...who)] };
  }
  const byId = id === undefined ? [] : [copyKey(sourceId, name, id)];
  if (name === "MobileAppInstall") {
    const { rule, keys } = installKeys(sourceId, deviceOf(user));
    return { rule, keys: [...keys, ...byId] };
  }
  if (id !== undefined) return { rule: "meta", keys: byId };
  return { rule: "metaPerson", keys: personKeys(sourceId, name, user) };
}

const deviceOf = ({ madid, anon_id, ...person }: JsonObject): Device => ({
  advertiser: madid,
  anonymous: anon_id,
  person,
});
