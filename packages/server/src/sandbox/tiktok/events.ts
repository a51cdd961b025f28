import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival } from "../received.js";
import { listOf, object, type Path, type Problem } from "../shape.js";
import { eventFields, notMatchKeys, requiredBySource, sources, type TikTokSource, topLevelKeys } from "./keys.js";
import { eventWarnings } from "./warnings.js";

/** "Invalid parameter", with the detail only in the message. */
const INVALID = 40002;
/** Unix seconds stay below this until the year 5138; milliseconds have been above it since 1973. */
const SECONDS_LIMIT = 100_000_000_000;
const MAX_EVENTS = 1000;

export interface TikTokRefusal {
  readonly code: number;
  readonly message: string;
}

const refuse = (message: string): TikTokRefusal => ({ code: INVALID, message });

const dataShape = listOf(object(eventFields, { required: ["event", "event_time"] }));

/**
 * What the Events API says to a body. One bad event refuses the whole call: that is how the older pixel/batch endpoint
 * behaved; for event/track neither this nor the form of the message is confirmed by a TikTok document.
 */
export function readTikTokEvents(body: unknown): TikTokRefusal | readonly Arrival[] {
  if (!isObject(body)) return refuse("The request body is not a JSON object");
  const source = sources.find((known) => known === body.event_source);
  if (source === undefined) return refuse(`event_source: Must be one of: ${sources.join(", ")}`);
  const sourceId = filledString(body.event_source_id);
  if (sourceId === undefined) return refuse("event_source_id: Missing data for required field");
  if (body.test_event_code !== undefined && typeof body.test_event_code !== "string") {
    return refuse("test_event_code: Not a valid string");
  }
  const { data } = body;
  if (!Array.isArray(data)) return refuse("data: Not a valid list");
  if (data.length < 1 || data.length > MAX_EVENTS) return refuse(`data: Length must be between 1 and ${MAX_EVENTS}`);
  const problem = dataShape(data, ["Batch"]) ?? firstOf(data, (event, index) => checkEvent(event, source, index));
  if (problem) return refuse(wording(problem));
  return data.filter(isObject).map((event) => arrival(event, source, sourceId, unknownTopLevel(body)));
}

function firstOf(data: readonly unknown[], check: (event: JsonObject, index: number) => Problem | undefined) {
  for (const [index, event] of data.entries()) {
    const problem = isObject(event) ? check(event, index) : undefined;
    if (problem) return problem;
  }
  return undefined;
}

/** The rules that go beyond types. */
function checkEvent(event: JsonObject, source: TikTokSource, index: number): Problem | undefined {
  const path: Path = ["Batch", index];
  const time = Number(event.event_time);
  if (time <= 0 || time >= SECONDS_LIMIT) {
    return { kind: "type", path: [...path, "event_time"], expected: "Unix timestamp in seconds" };
  }
  const required = requiredBySource[source];
  const present = required.some(([part, key]) => {
    const within = event[part];
    return isObject(within) && isFilled(within[key]);
  });
  const first = required[0];
  return present || !first ? undefined : { kind: "missing", path: [...path, ...first], expected: "value" };
}

function wording({ kind, path, expected }: Problem): string {
  const what = kind === "missing" ? "Missing data for required field" : `Not a valid ${expected}`;
  return `${path.join(".")}: ${what}`;
}

function unknownTopLevel(body: JsonObject): readonly string[] {
  const unknown = Object.keys(body).filter((key) => !topLevelKeys.includes(key));
  return unknown.map((key) => `"${key}" is not a field of the request: it is ignored`);
}

function arrival(event: JsonObject, source: TikTokSource, sourceId: string, warnings: readonly string[]): Arrival {
  const user = isObject(event.user) ? event.user : {};
  const name = String(event.event);
  const id = filledString(event.event_id);
  return {
    vendor: "tiktok",
    side: "server",
    endpoint: "tiktok.events",
    sourceId,
    name,
    ...(id !== undefined && { id, copies: { rule: "tiktok", keys: [copyKey(sourceId, name, id)] } }),
    time: Number(event.event_time) * 1000,
    matchKeys: Object.keys(user)
      .filter((key) => isFilled(user[key]) && !notMatchKeys.includes(key))
      .sort(),
    warnings: [...warnings, ...eventWarnings(event, user, source)],
    payload: event,
  };
}
