import { addressWarnings } from "../addresses.js";
import { copyKey } from "../deduplication.js";
import { hashWarnings } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival } from "../received.js";
import { anything, listOf, object, type Shape, string, test, unknownKeys } from "../shape.js";
import { olderPropertyFields } from "./keys.js";
import { nameWarnings } from "./names.js";
import { refuse, refuseShape, type TikTokRefusal } from "./refusal.js";
import { propertyWarnings } from "./warnings.js";

/** The API before event/track. TikTok's own SDKs have no other, and its documents of 2026 still list it. */

/** What `pixel/batch/` takes at most; `pixel/track/` takes one. */
const MAX_EVENTS = 50;

/** ISO 8601. */
const dateTime = test("datetime", (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)));

const userFields: Readonly<Record<string, Shape>> = {
  external_id: string,
  phone_number: string,
  email: string,
  ttp: string,
};
const hashedUserKeys = ["external_id", "phone_number", "email"];

const contextFields: Readonly<Record<string, Shape>> = {
  ad: object({ callback: string }),
  page: object({ url: string, referrer: string }),
  user: object(userFields),
  ip: string,
  user_agent: string,
};

const eventFields: Readonly<Record<string, Shape>> = {
  event: string,
  event_id: string,
  timestamp: dateTime,
  context: object(contextFields),
  properties: object(olderPropertyFields),
};

const callFields: Readonly<Record<string, Shape>> = {
  pixel_code: string,
  test_event_code: string,
  partner_name: string,
};
const trackFields = { ...callFields, ...eventFields };
const batchFields = { ...callFields, batch: listOf(anything) };
const itemFields = { type: test("type", (value) => value === "track"), ...eventFields };

const trackShape = object(trackFields, { required: ["pixel_code", "event"] });
const batchShape = object(batchFields, { required: ["pixel_code", "batch"] });
const itemsShape = listOf(object(itemFields, { required: ["event"] }));

/** What `pixel/track/` says to a body. */
export function readPixelTrack(body: unknown): TikTokRefusal | readonly Arrival[] {
  if (!isObject(body)) return refuse("The request body is not a JSON object");
  const problem = trackShape(body, []);
  if (problem) return refuseShape(problem);
  return [arrival(body, body, unknownKeys(body, trackFields))];
}

/** What `pixel/batch/` says to a body. A bad event refuses the whole call, as a client was seen to be answered. */
export function readPixelBatch(body: unknown): TikTokRefusal | readonly Arrival[] {
  if (!isObject(body)) return refuse("The request body is not a JSON object");
  const wrong = batchShape(body, []);
  if (wrong) return refuseShape(wrong);
  const batch = Array.isArray(body.batch) ? body.batch : [];
  if (batch.length < 1 || batch.length > MAX_EVENTS) return refuse(`batch: Length must be between 1 and ${MAX_EVENTS}`);
  const problem = itemsShape(batch, ["Batch"]);
  if (problem) return refuseShape(problem);
  const unknown = unknownKeys(body, batchFields);
  return batch.filter(isObject).map((event) => arrival(event, body, [...unknown, ...unknownKeys(event, itemFields)]));
}

/** `call` has what the events of a batch share. */
function arrival(event: JsonObject, call: JsonObject, unknown: readonly string[]): Arrival {
  const sourceId = String(call.pixel_code);
  const name = String(event.event);
  const id = filledString(event.event_id);
  const testEventCode = filledString(call.test_event_code);
  const context = isObject(event.context) ? event.context : {};
  const user = isObject(context.user) ? context.user : {};
  const ad = isObject(context.ad) ? context.ad : {};
  const known = { ...user, callback: ad.callback, ip: context.ip, user_agent: context.user_agent };
  return {
    vendor: "tiktok",
    side: "server",
    endpoint: "tiktok.events",
    sourceId,
    name,
    ...(id !== undefined && { id, copies: { rule: "tiktok", keys: [copyKey(sourceId, name, id)] } }),
    ...(testEventCode !== undefined && { testEventCode }),
    // Without a timestamp, the time of arrival counts.
    ...(typeof event.timestamp === "string" && { time: Date.parse(event.timestamp) }),
    matchKeys: Object.entries(known)
      .filter(([, value]) => isFilled(value))
      .map(([key]) => key)
      .sort(),
    warnings: [
      ...unknown.map((key) => `"${key}" is not a field of this API: it is ignored`),
      ...nameWarnings(name, "web"),
      ...(id === undefined ? ["no event_id: a browser copy is not recognised"] : []),
      ...unknownKeys(user, userFields).map((key) => `user.${key} is not a user field of this API: it is ignored`),
      ...hashedUserKeys.flatMap((key) =>
        isFilled(user[key]) ? hashWarnings(`user.${key}`, [user[key]], "it can not be matched") : [],
      ),
      ...addressWarnings("context.ip", context.ip),
      ...propertyWarnings(isObject(event.properties) ? event.properties : {}, "web"),
    ],
    payload: event,
  };
}
