/** Which of the emulated endpoints something came to. */
export type SandboxEndpoint =
  /** `POST /api/v2/pixel`, where the events.js stand-in reports. */
  | "tiktok.pixel"
  /** `POST /open_api/v1.3/event/track/`. */
  | "tiktok.events"
  /** `GET /tr`, where the fbevents.js stand-in reports. */
  | "meta.pixel"
  /** `POST /{version}/{dataset-id}/events`. */
  | "meta.conversions"
  /** `POST /{app-id}/activities`, with or without a version in front. */
  | "meta.appEvents";

/** One event a vendor accepted. */
export interface ReceivedEvent {
  /** Whose endpoint took it. */
  readonly vendor: "tiktok" | "meta";
  /** `browser` when a tag stand-in sent it, `server` when it came by an API. */
  readonly side: "browser" | "server";
  /** The endpoint it came to. */
  readonly endpoint: SandboxEndpoint;
  /** Pixel code, event source id, dataset id or app id, as the vendor knows the sender. */
  readonly sourceId: string;
  /** The event's name on the wire; an install is `MOBILE_APP_INSTALL`. */
  readonly name: string;
  /** The event id used for deduplication; absent when none was sent. */
  readonly id?: string;
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
  readonly payload: unknown;
}

/** One request to a vendor endpoint, accepted or refused. Tokens are replaced by `[redacted]`. */
export interface ReceivedRequest {
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
  /** The HTTP status answered; absent when the connection was cut before one. */
  readonly status?: number;
  /** The answer's body; absent when the connection was cut. */
  readonly answer?: unknown;
  /** When it arrived: Unix milliseconds. */
  readonly receivedAt: number;
  /** True when a fault set by `failNext` applied to it. */
  readonly fault?: true;
}

/** How the vendor recognises copies of an event; see deduplication.ts. */
export interface DeduplicationKeys {
  readonly rule: "tiktok" | "meta" | "metaStore" | "metaInstall";
  /** Two events are copies when they share any of these. */
  readonly keys: readonly string[];
}

/** An accepted event before deduplication and the clock have marked it. */
export interface Arrival extends Omit<ReceivedEvent, "receivedAt" | "outcome" | "merged"> {
  readonly copies?: DeduplicationKeys;
}
