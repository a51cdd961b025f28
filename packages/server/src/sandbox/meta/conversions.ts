import { copyKey } from "../deduplication.js";
import { addressWarnings, hashWarnings, isSha256WithAppendix, neverHashedWarnings } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival, DeduplicationKeys } from "../received.js";
import { clickIdWarnings } from "./click-ids.js";
import { checkConversion } from "./conversion-rules.js";
import { invalid, type MetaRefusal, subcodes } from "./errors.js";
import { hashedUserKeys, notMatchKeys, plainUserKeys } from "./keys.js";

const MAX_EVENTS = 1000;

/** What the Conversions API says to a body; one bad event refuses the whole request. `now` in milliseconds. */
export function readConversions(body: unknown, datasetId: string, now: number): MetaRefusal | readonly Arrival[] {
  if (!isObject(body)) return invalid("The request body is not a JSON object");
  const { data } = body;
  if (data === undefined) return invalid("Missing required parameter $['data']");
  if (!Array.isArray(data)) return invalid("Unexpected type for param $['data']: expected a list", subcodes.wrongType);
  if (data.length < 1 || data.length > MAX_EVENTS) {
    return invalid(`$['data'] must have 1 to ${MAX_EVENTS} events, it has ${data.length}`);
  }
  for (const [index, event] of data.entries()) {
    const refusal = checkConversion(event, ["data", index], now / 1000);
    if (refusal) return refusal;
  }
  return data.filter(isObject).map((event) => arrival(event, datasetId));
}

function arrival(event: JsonObject, sourceId: string): Arrival {
  const user = isObject(event.user_data) ? event.user_data : {};
  const app = isObject(event.app_data) ? event.app_data : {};
  const name = String(event.event_name);
  const id = filledString(event.event_id);
  const { advertiser_tracking_enabled: advertiser, application_tracking_enabled: application } = app;
  const copies = copiesOf(event, sourceId, name, id);
  return {
    vendor: "meta",
    side: "server",
    endpoint: "meta.conversions",
    sourceId,
    name,
    ...(id !== undefined && { id }),
    ...(copies && { copies }),
    time: Number(event.event_time) * 1000,
    matchKeys: Object.keys(user)
      .filter((key) => isFilled(user[key]) && !notMatchKeys.includes(key))
      .sort(),
    warnings: conversionWarnings(event, user, app),
    ...(advertiser !== undefined &&
      application !== undefined && {
        flags: { advertiserTracking: advertiser ? 1 : 0, applicationTracking: application ? 1 : 0 },
      }),
    payload: event,
  };
}

/** Physical stores' events are compared with each other only, and not by event id. */
function copiesOf(event: JsonObject, source: string, name: string, id?: string): DeduplicationKeys | undefined {
  if (event.action_source === "physical_store") {
    const { order_id: order, item_number: item } = isObject(event.custom_data) ? event.custom_data : {};
    const who = isFilled(order) ? [item, order] : [event.user_data];
    return { rule: "metaStore", keys: [copyKey(source, event.event_time, name, ...who)] };
  }
  return id === undefined ? undefined : { rule: "meta", keys: [copyKey(source, name, id)] };
}

function conversionWarnings(event: JsonObject, user: JsonObject, app: JsonObject): string[] {
  const custom = isObject(event.custom_data) ? event.custom_data : {};
  const contents = Array.isArray(custom.contents) ? custom.contents : [];
  const values = (key: string) => [user[key]].flat().filter(isFilled);
  return [
    ...(event.action_source === "website" && !isFilled(event.event_id)
      ? ["no event_id: a browser copy is not recognised"]
      : []),
    ...hashedUserKeys.flatMap((key) => hashWarnings(key, values(key), "", isSha256WithAppendix)),
    ...hashWarnings("external_id", values("external_id"), "hashing it is recommended", isSha256WithAppendix),
    ...addressWarnings("client_ip_address", user.client_ip_address),
    ...neverHashedWarnings(user, plainUserKeys),
    ...clickIdWarnings(user),
    ...(isFilled(app.madid) ? ["madid belongs in user_data"] : []),
    ...(contents.some((item) => isObject(item) && !(isFilled(item.id) && isFilled(item.quantity)))
      ? ["an item of contents is without id or quantity"]
      : []),
    ...(isFilled(custom.currency) && !/^[A-Z]{3}$/i.test(String(custom.currency))
      ? ["currency is not a three-letter code"]
      : []),
  ];
}
