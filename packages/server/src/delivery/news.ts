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
  | "invalid";

/** What a tracker tells, by kind. */
export interface TrackerNews {
  /** The vendor took it. */
  delivered: EventNews;
  /** It is tried again at `at`, ms. */
  retrying: EventNews & { readonly at: number; readonly detail: string };
  /** It was given up and lies with the dead letters. */
  dead: EventNews & { readonly reason: DeadReason; readonly detail: string };
  /** It was never put into the outbox for this destination. */
  dropped: EventNews & { readonly reason: DropReason };
  /** The whole destination waits until `until`, ms: a limit, a bad token, a vendor out of reach. */
  paused: { readonly destination: string; readonly until: number; readonly detail: string };
}
