import type { TrackedEvent, Vendor, Wire } from "@beaconry/core";
import type { AppClaim } from "@beaconry/core/meta";
import type { VendorAnswer, VendorRequest } from "../http.js";
import type { Outbox } from "../outbox/outbox.js";

/** What a destination makes of one event. */
export interface BuiltEvent {
  /** Events of the same group may share a request. */
  group: string;
  /** JSON in the vendor's format. */
  body: string;
  /**
   * What the vendor is to be told but once, for ever: a second event with the same text is a duplicate, also long after
   * the first was delivered. Only its hash is kept. Default: none.
   */
  once?: string;
}

/** What a vendor's answer means for all events of the request. */
export type Verdict =
  | {
      readonly kind: "delivered";
      /** A limit is near: nothing more is sent for so long, ms. */
      readonly slowDown?: number;
      /** What the vendor says about which advertisement led to the event. */
      readonly claim?: AppClaim;
    }
  /** Something passing: try again after a while. `after` is the least, ms. */
  | { readonly kind: "retry"; readonly detail: string; readonly after?: number }
  /** Nothing will get through for now (a limit, a bad token): everything waits `for` ms, no attempt is counted. */
  | { readonly kind: "pause"; readonly detail: string; readonly for: number }
  /** At least one event is not taken. Of several, each half is tried alone; a single one is dead. */
  | { readonly kind: "refused"; readonly detail: string };

/** Where events go: one API of one vendor. */
export interface Destination {
  /** Its name in news, counts, dead letters and the outbox; a tracker has each once. Keep it: events wait under it. */
  readonly name: string;
  /** Whose browser tag may have told of the event already. Absent for a destination of your own. */
  readonly vendor?: Vendor;
  /** Most events in a request. */
  readonly maxBatch: number;
  /** Requests under way at once. Default: the tracker's `concurrency`. */
  readonly concurrency?: number;
  /** Called once by the tracker: whom to tell what an operator should know. It becomes the news `warning`. */
  onWarning?(tell: (detail: string) => void): void;
  /**
   * Called once by the tracker when processes share its outbox: adds members to a set of this name that all of them
   * have, up to `most`, and gives all that are in it.
   */
  onShared?(share: NonNullable<Outbox["share"]>): void;
  /** Whether events of this kind are meant for this destination at all. */
  accepts(event: TrackedEvent): boolean;
  /**
   * The event in the vendor's format, or why the vendor would not take it. Has to ask `permission` first: without it,
   * nothing that the person did not allow is held back. An issue of the code `consent` counts as a refusal. Must not throw.
   */
  build(event: TrackedEvent): Wire<BuiltEvent>;
  /** How long after it happened the vendor takes an event, ms. */
  maxAge(event: TrackedEvent): number;
  /**
   * The request for events of one group, as `build` made them. Asked again for each attempt.
   * @param bodies at least one, at most `maxBatch`
   */
  request(group: string, bodies: readonly string[]): VendorRequest | Promise<VendorRequest>;
  /**
   * What an answer means. Of no answer at all the delivery says `retry`, and `Retry-After` it reads itself.
   * @param events in the request
   * @param now Unix time, ms: some limits end at midnight UTC
   */
  verdict(answer: VendorAnswer, events: number, now: number): Verdict;
}

/** What delivery needs of a destination. */
export type Receiver = Pick<Destination, "name" | "maxBatch" | "concurrency" | "request" | "verdict">;
