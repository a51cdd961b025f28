import type { AppClaim } from "@beaconry/core/meta";
import type { Claim } from "../collector/claims.js";
import type { DeadReason } from "../outbox/outbox.js";

/** Which event, at which destination. Holds nothing of the person. */
export interface EventNews {
  readonly destination: string;
  readonly name: string;
  readonly id: string;
}

/** Why an event is not sent: see the guide. */
export type DropReason =
  /** The person refused advertising, or was not asked. */
  | "consent"
  /** A vendor would refuse the event; the issues say why. */
  | "invalid"
  /** A robot sent it to the collector. */
  | "bot";

/** What a tracker tells, by kind. Nothing of it holds a token, a hash or anything of the person but `attribution`. */
export interface TrackerNews {
  /** The vendor took it. */
  delivered: EventNews;
  /** It failed, or waits alone with those that would share its request: it is tried again at `at`, ms. */
  retrying: EventNews & { readonly at: number; readonly detail: string };
  /** It was given up and lies with the dead letters. */
  dead: EventNews & { readonly reason: DeadReason; readonly detail: string };
  /** It was never put into the outbox for this destination. */
  dropped: EventNews & { readonly reason: DropReason };
  /** A collector's batch said what is not a page's to say. It was left out. Once for each claim, with how many events said it. */
  claimed: { readonly claim: Claim; readonly events: number };
  /** The whole destination waits until `until`, ms: a limit, a bad token, a vendor out of reach. */
  paused: { readonly destination: string; readonly until: number; readonly detail: string };
  /** An operator should know, before events are lost: such as Meta's limit on event names coming near. */
  warning: { readonly destination: string; readonly detail: string };
  /** The journal did not keep so many events, which go to the vendors all the same. */
  journalFailed: { readonly events: number; readonly detail: string };
  /**
   * Meta said which advertisement it claims led to these events of one device (`isFb: false`: none). Only apps of
   * measurement partners are told. The claim is about a person: keep it as you keep the events.
   */
  attribution: {
    readonly destination: string;
    readonly events: readonly { readonly name: string; readonly id: string }[];
    readonly claim: AppClaim;
  };
}
