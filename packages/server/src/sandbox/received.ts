import type { FaultKind } from "./faults/fault.js";
import type { JsonObject } from "./json.js";

/** Which of the endpoints that take events something came to. */
export type SandboxEventEndpoint =
  /** `POST /api/v2/pixel`, where the events.js stand-in reports. */
  | "tiktok.pixel"
  /** `POST /open_api/v1.3/event/track/`, and of the older API `pixel/track/` and `pixel/batch/`. */
  | "tiktok.events"
  /** `GET /tr`, where the fbevents.js stand-in reports. */
  | "meta.pixel"
  /** `POST /{version}/{dataset-id}/events`. */
  | "meta.conversions"
  /** `POST /{app-id}/activities`, with or without a version in front. */
  | "meta.appEvents";

/** Which of the emulated endpoints something came to. */
export type SandboxEndpoint =
  | SandboxEventEndpoint
  /** `/open_api/v1.3/…`: TikTok's Business API, with signing in, ad accounts, audiences, leads and subscriptions. */
  | "tiktok.business";

/** One event a vendor accepted. */
export interface ReceivedEvent {
  /** Its place among all events since the sandbox started, from 0; a reset does not begin again. */
  readonly sequence: number;
  /** The `sequence` of the request that brought it. */
  readonly request: number;
  /** Whose endpoint took it. */
  readonly vendor: "tiktok" | "meta";
  /** `browser` when a tag stand-in sent it, `server` when it came by an API. */
  readonly side: "browser" | "server";
  /** The endpoint it came to. */
  readonly endpoint: SandboxEventEndpoint;
  /** Pixel code, event source id, dataset id or app id, as the vendor knows the sender. */
  readonly sourceId: string;
  /** The event's name on the wire; an install is `MOBILE_APP_INSTALL`. */
  readonly name: string;
  /** The event id used for deduplication; absent when none was sent. */
  readonly id?: string;
  /** The test event code its request carried; absent when it is no test. Meta counts tests too. */
  readonly testEventCode?: string;
  /** When the event happened, by its sender: Unix milliseconds; absent when not sent. */
  readonly time?: number;
  /** When it arrived, by the sandbox's clock: Unix milliseconds. */
  readonly receivedAt: number;
  /**
   * After the vendor's own deduplication: exactly one copy of a pair is `counted`. Meta favours the browser's copy when
   * both arrive within five minutes, so this may change from `counted` to `deduplicated` after arrival.
   */
  readonly outcome: "counted" | "deduplicated";
  /** True on a TikTok copy that came within five minutes of the other side's: TikTok enriches the counted copy with it. */
  readonly merged?: true;
  /** The match keys it carries, under the vendor's wire names, sorted. */
  readonly matchKeys: readonly string[];
  /** What would weaken matching or be ignored by the vendor, in plain words; empty when nothing. */
  readonly warnings: readonly string[];
  /** The two consent flags of app events. */
  readonly flags?: { readonly advertiserTracking: 0 | 1; readonly applicationTracking: 0 | 1 };
  /** The `X-Forwarded-For` address of an app event's request. */
  readonly forwardedFor?: string;
  /**
   * The event as sent: an item of `data` (both APIs), the report of a tag, or, for app events, the request's parameters
   * with this one event in `custom_events`.
   */
  readonly payload: JsonObject;
  /**
   * The event's own fields, under their wire names: an item of `data` (both APIs), the report of a tag, an item of
   * `custom_events`, or an install's parameters. A part of `payload`, not a copy.
   */
  readonly data: JsonObject;
}

/** One request to a vendor endpoint, accepted or refused. Tokens are replaced by `[redacted]`. */
export interface ReceivedRequest {
  /** Its place among all requests since the sandbox started, from 0; a reset does not begin again. */
  readonly sequence: number;
  /** The endpoint it came to. */
  readonly endpoint: SandboxEndpoint;
  /** The HTTP method, upper-case. */
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  /** Header names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body: JSON, form fields, or the text when it could not be parsed. */
  readonly body: unknown;
  /** Size of the body as it came, in bytes. Of an uploaded file nothing more is kept. */
  readonly bytes: number;
  /** How many events were taken from it. */
  readonly events: number;
  /** The HTTP status answered; absent when the connection was cut before one. */
  readonly status?: number;
  /** The answer's body; absent when the connection was cut, and of files. Tokens are replaced in it too. */
  readonly answer?: unknown;
  /** The answer's headers that the endpoint or a fault set, names in lower case; absent when there were none. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** When it arrived: Unix milliseconds. */
  readonly receivedAt: number;
  /** Milliseconds from the last byte of its body (of an upload, the first) until it was answered, or cut off. */
  readonly duration: number;
  /** The kinds of the faults that struck it; absent when none did. */
  readonly faults?: readonly FaultKind[];
}

/** How the vendor recognises copies of an event; see deduplication.ts. */
export interface DeduplicationKeys {
  readonly rule: "tiktok" | "meta" | "metaPerson" | "metaStore" | "metaInstall";
  /** Two events are copies when they share any of these. */
  readonly keys: readonly string[];
}

/** An accepted event before deduplication and the clock have marked it. */
export interface Arrival
  extends Omit<ReceivedEvent, "sequence" | "request" | "data" | "receivedAt" | "outcome" | "merged"> {
  /** Default: `payload`. */
  readonly data?: JsonObject;
  readonly copies?: DeduplicationKeys;
}
