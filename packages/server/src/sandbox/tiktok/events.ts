import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival } from "../received.js";
import { listOf, object, type Shape, unknownKeys } from "../shape.js";
import * as keys from "./keys.js";
import { refuse, refuseShape, type TikTokRefusal } from "./refusal.js";
import { eventWarnings } from "./warnings.js";

/** Unix seconds stay below this until the year 5138; milliseconds have been above it since 1973. */
const SECONDS_LIMIT = 100_000_000_000;
const MAX_EVENTS = 1000;

const callShape = object(keys.callFields, { required: ["event_source", "event_source_id", "data"] });
const dataShape = listOf(object(keys.eventFields, { required: ["event", "event_time"] }));

/**
 * What the Events API says to a body; `now` in milliseconds. One bad event refuses the whole call: that is how the older
 * pixel/batch endpoint behaved; for event/track neither this nor the form of the message is confirmed by a TikTok document.
 */
export function readTikTokEvents(body: unknown, now: number): TikTokRefusal | readonly Arrival[] {
  if (!isObject(body)) return refuse("The request body is not a JSON object");
  const wrong = callShape(body, []);
  if (wrong) return refuseShape(wrong);
  const source = keys.sources.find((known) => known === body.event_source);
  if (source === undefined) return refuse(`event_source: Must be one of: ${keys.sources.join(", ")}`);
  const data = Array.isArray(body.data) ? body.data : [];
  if (data.length < 1 || data.length > MAX_EVENTS) return refuse(`data: Length must be between 1 and ${MAX_EVENTS}`);
  const problem = dataShape(data, ["Batch"]) ?? listOf(rulesOf(source))(data, ["Batch"]);
  if (problem) return refuseShape(problem);
  const testEventCode = filledString(body.test_event_code);
  const shared = {
    vendor: "tiktok",
    side: "server",
    endpoint: "tiktok.events",
    sourceId: String(body.event_source_id),
    ...(testEventCode !== undefined && { testEventCode }),
  } as const;
  const warnings = callWarnings(body);
  return data.filter(isObject).map((event) => ({
    ...shared,
    ...readEvent(event, source, shared.sourceId),
    warnings: [...warnings, ...eventWarnings(event, source, now)],
  }));
}

/** The rules that go beyond types. */
function rulesOf(source: keys.TikTokSource): Shape {
  const [required, ...others] = keys.requiredBySource[source];
  return (event, path) => {
    if (!isObject(event)) return undefined;
    const time = Number(event.event_time);
    if (time <= 0 || time >= SECONDS_LIMIT) {
      return { kind: "type", path: [...path, "event_time"], expected: "Unix timestamp in seconds" };
    }
    const isThere = [required, ...others].some(([part, key]) => {
      const within = event[part];
      return isObject(within) && isFilled(within[key]);
    });
    return isThere ? undefined : { kind: "missing", path: [...path, ...required], expected: "value" };
  };
}

function callWarnings(body: JsonObject): string[] {
  return unknownKeys(body, keys.callFields).map((key) => `"${key}" is not a field of the request: it is ignored`);
}

function readEvent(event: JsonObject, source: keys.TikTokSource, sourceId: string) {
  const user = isObject(event.user) ? event.user : {};
  const name = String(event.event);
  const id = filledString(event.event_id);
  // TikTok lists event_id for every source but apps, whose copies it therefore can not know by it.
  const isKnownById = keys.sourcesOfField.event_id?.includes(source);
  return {
    name,
    ...(id !== undefined && { id }),
    ...(id !== undefined &&
      isKnownById && { copies: { rule: "tiktok", keys: [copyKey(sourceId, name, id)] } as const }),
    time: Number(event.event_time) * 1000,
    matchKeys: Object.keys(user)
      .filter((key) => isFilled(user[key]) && !keys.notMatchKeys.includes(key))
      .sort(),
    payload: event,
  };
}
