export {
  type App,
  BeaconryError,
  type Clicks,
  type Consent,
  type Device,
  type EventContext,
  type EventName,
  type Issue,
  isBeaconryError,
  type Page,
  type PropertiesOf,
  type Source,
  type UserData,
} from "@beaconry/core";
export type { Backoff } from "@beaconry/core/internal";
export type { TrustProxy } from "./client-ip/trust.js";
export type { Claim } from "./collector/claims.js";
export type { CollectAnswer, CollectReply, CollectRequest } from "./collector/collect.js";
export type { CollectorOptions, CookieOptions } from "./collector/options.js";
export type { BodyListener, BodySource } from "./collector/read-body.js";
export { readConsent } from "./collector/read-consent.js";
export type { EventIssues } from "./collector/read-envelope.js";
export type { DropReason, EventNews, TrackerNews } from "./delivery/news.js";
export type { BuiltEvent, Destination, Verdict } from "./destinations/destination.js";
export { type MetaAppEventsOptions, metaAppEvents } from "./destinations/meta-app-events.js";
export { type MetaConversionsOptions, metaConversions } from "./destinations/meta-conversions.js";
export type { TestEventCode } from "./destinations/test-event-code.js";
export { type TikTokEventsOptions, tiktokEvents } from "./destinations/tiktok-events.js";
export { vendorWords } from "./destinations/vendor-words.js";
export type { FromRequestOptions, RequestFacts } from "./from-request.js";
export {
  type AnswerHeaders,
  kyTransport,
  type Transport,
  type VendorAnswer,
  type VendorRequest,
} from "./http.js";
export type { Dropped } from "./intake.js";
export type { HashedPerson, IdentifierKind, Journal, JournalQuery, JournalStatus } from "./journal/journal.js";
export { type MemoryOutboxOptions, memoryOutbox } from "./outbox/memory-outbox.js";
export type { MovableOutbox, OnceKeyPage, WaitingParcel } from "./outbox/movable-outbox.js";
export type {
  AddOptions,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadReason,
  LeasedParcel,
  Outbox,
  Parcel,
  Settlement,
  Taken,
} from "./outbox/outbox.js";
export type { RequestHead, RequestInfo } from "./seen-request.js";
export type { DestinationStatus, TrackerStatus } from "./status.js";
export type { EventCounts } from "./telemetry.js";
export {
  createTracker,
  type FlushResult,
  type RequestTracker,
  type RequestTrackOptions,
  type Tracker,
  type TrackOptions,
  type TrackResult,
} from "./tracker.js";
export type { TrackerOptions } from "./tracker-options.js";
