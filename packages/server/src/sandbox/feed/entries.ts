import { filledString, isObject, type JsonObject } from "../json.js";
import type { ReceivedEvent, ReceivedRequest, SandboxEndpoint, SandboxEventEndpoint } from "../received.js";
import { wireWorth } from "../wire-properties.js";
import { type Refusal, readRefusal } from "./refusal.js";

/** What the page keeps of an event; the whole of it is at `/_sandbox/events/{sequence}`. */
export interface EventEntry {
  readonly kind: "event";
  readonly sequence: number;
  readonly endpoint: SandboxEventEndpoint;
  readonly sourceId: string;
  readonly name: string;
  readonly id?: string;
  /** Unix milliseconds, by the sender. */
  readonly time?: number;
  /** Unix milliseconds, by the sandbox. */
  readonly receivedAt: number;
  readonly outcome: ReceivedEvent["outcome"];
  readonly merged?: true;
  readonly matchKeys: readonly string[];
  readonly warnings: readonly string[];
  /** The event's value, and its currency in upper case. */
  readonly value?: number;
  readonly currency?: string;
  /** True when it happened elsewhere than in a browser: no copy of a tag is to be expected. */
  readonly offPage?: true;
  readonly isTest?: true;
  /** Kinds of the faults that struck its request. */
  readonly faults?: readonly string[];
}

/** A request that was refused, cut or not understood. The whole of it is at `/_sandbox/requests/{sequence}`. */
export interface RequestEntry {
  readonly kind: "request";
  readonly sequence: number;
  readonly endpoint: SandboxEndpoint;
  readonly sourceId: string;
  readonly receivedAt: number;
  /** How many events it had, and how many of them were taken. */
  readonly sent: number;
  readonly taken: number;
  /** Some of the events' names, each once; of a call of the Business API its path. */
  readonly names: readonly string[];
  /** Ids of its events, so that it can be said which copy is missing for its sake. */
  readonly ids: readonly string[];
  readonly refusal: Refusal;
  readonly bytes: number;
  readonly faults?: readonly string[];
}

/** The outcome of an event told before is another now. */
export interface OutcomeEntry {
  readonly kind: "outcome";
  readonly sequence: number;
  readonly outcome: ReceivedEvent["outcome"];
}

/** What there is at TikTok's Business API; `/_sandbox/{part}` tells of each part. */
export type BusinessPart = "accounts" | "audiences" | "leads" | "subscriptions";

/** Something in a part of the Business API is another now: the part is to be asked for. */
export interface BusinessEntry {
  readonly kind: "business";
  readonly part: BusinessPart;
}

/** Everything told before is forgotten. */
export interface ClearEntry {
  readonly kind: "clear";
}

export type FeedEntry = EventEntry | RequestEntry | OutcomeEntry | BusinessEntry | ClearEntry;

/** What one message of the stream says. */
export type FeedMessage =
  /** All that is kept follows. What was told before is void. `now` is the sandbox's clock. */
  | { readonly type: "start"; readonly events: number; readonly maxEvents: number; readonly now: number }
  | { readonly type: "entries"; readonly entries: readonly FeedEntry[] }
  /** All that was kept has been told; what follows happens now. */
  | { readonly type: "live" };

/** Longer texts are cut: the page keeps tens of thousands of entries, and a sender may put anything in them. */
const MAX_TEXT = 200;
const MAX_LIST = 40;
const MAX_NAMES = 3;
const MAX_IDS = 100;

const text = (value: string) => (value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
const texts = (values: readonly string[]) => values.slice(0, MAX_LIST).map(text);
const filled = (values: readonly unknown[]) => values.flatMap((value) => filledString(value) ?? []);

export function eventEntry(event: ReceivedEvent, request: ReceivedRequest | undefined): EventEntry {
  return {
    kind: "event",
    sequence: event.sequence,
    endpoint: event.endpoint,
    sourceId: text(event.sourceId),
    name: text(event.name),
    ...(event.id !== undefined && { id: text(event.id) }),
    ...(event.time !== undefined && { time: event.time }),
    receivedAt: event.receivedAt,
    outcome: event.outcome,
    ...(event.merged && { merged: event.merged }),
    matchKeys: texts(event.matchKeys),
    warnings: texts(event.warnings),
    ...worthOf(event),
    ...(isOffPage(event, request) && { offPage: true }),
    ...(event.testEventCode !== undefined && { isTest: true }),
    ...(request?.faults && { faults: request.faults }),
  };
}

/** Undefined for a request that went as its sender wished: its events say enough. */
export function requestEntry(request: ReceivedRequest): RequestEntry | undefined {
  const refusal = readRefusal(request);
  if (!refusal) return undefined;
  const isBusiness = request.endpoint === "tiktok.business";
  const events = isBusiness ? [] : eventsSent(request.body);
  const names = isBusiness
    ? [businessPathOf(request)]
    : filled(events.map((event) => event.event ?? event.event_name ?? event._eventName ?? event.ev));
  const ids = filled(events.map((event) => event.event_id ?? event.eid));
  return {
    kind: "request",
    sequence: request.sequence,
    endpoint: request.endpoint,
    sourceId: text(sourceOf(request)),
    receivedAt: request.receivedAt,
    sent: Math.max(events.length, request.events),
    taken: request.events,
    names: [...new Set(names)].slice(0, MAX_NAMES).map(text),
    ids: ids.slice(0, MAX_IDS).map(text),
    refusal,
    bytes: request.bytes,
    ...(request.faults && { faults: request.faults }),
  };
}

function worthOf(event: ReceivedEvent): Pick<EventEntry, "value" | "currency"> {
  const { currency, ...value } = wireWorth(event);
  return { ...value, ...(currency !== undefined && { currency: text(currency) }) };
}

function isOffPage({ endpoint, data }: ReceivedEvent, request: ReceivedRequest | undefined): boolean {
  if (endpoint === "meta.appEvents") return true;
  if (endpoint === "meta.conversions") return data.action_source !== "website";
  if (endpoint !== "tiktok.events") return false;
  const source = isObject(request?.body) ? request.body.event_source : undefined;
  return source !== undefined && source !== "web";
}

/** The events in a body that was not taken, whatever it is. */
function eventsSent(body: unknown): readonly JsonObject[] {
  if (!isObject(body)) return [];
  const list = body.data ?? body.batch ?? body.custom_events;
  return Array.isArray(list) ? list.filter(isObject) : [body];
}

/** Such as `/advertiser/info/`. */
function businessPathOf({ path }: ReceivedRequest): string {
  return path.replace(/\?.*/, "").replace(/^\/open_api\/v[\d.]+/, "");
}

function sourceOf({ endpoint, path, body }: ReceivedRequest): string {
  if (endpoint === "tiktok.business") {
    const given = isObject(body) ? body.advertiser_id : new URLSearchParams(path.split("?")[1]).get("advertiser_id");
    return typeof given === "string" ? given : "";
  }
  const inBody = isObject(body) ? (body.event_source_id ?? body.pixel_code ?? body.id) : undefined;
  if (endpoint === "meta.conversions" || endpoint === "meta.appEvents") {
    return path.split("?")[0]?.split("/").at(-2) ?? "";
  }
  return typeof inBody === "string" ? inBody : "";
}
