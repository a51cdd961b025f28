import type { Issue } from "@beaconry/core";

/** Why an event was given up. */
export type DropReason =
  /** The person refused advertising. */
  | "consent"
  /** `beforeSend` gave nothing, or failed. */
  | "before_send"
  /** More than 100 events waited for the person's answer; the oldest went. */
  | "held_overflow"
  /** More than 1,000 events waited to be sent; the oldest went. */
  | "queue_overflow"
  /** It is no event at all: its name is not a text. */
  | "invalid"
  /** Alone it is larger than a request may be, 60 KiB, or than the collector takes. */
  | "too_large"
  /** An earlier page kept it, or the vendors may have a copy, for 24 hours or more: they might count it twice. */
  | "too_old"
  /** The collector took the request, but not this event. */
  | "rejected"
  /** The collector refused a request with it alone, and would again: a status of 4xx other than 408, 413 and 429. */
  | "refused";

/** A problem that the pixel or the collector found in what it was given; nothing throws for one. */
export interface ReportedIssue {
  readonly issue: Issue;
  /** The event's id and name, where the problem is in an event. */
  readonly id?: string;
  readonly name?: string;
}

/** Events that were given up. */
export interface Dropped {
  readonly ids: readonly string[];
  readonly reason: DropReason;
  /** What the collector said of it, with the reason `rejected`. */
  readonly issues?: readonly Issue[];
}

/** What `on` can listen to. */
export interface PixelEvents {
  /** `track` took it. */
  tracked: { readonly id: string; readonly name: string };
  issue: ReportedIssue;
  /** What the consent now allows: all events, none, or none yet. */
  consent: { readonly send: "allow" | "drop" | "hold" };
  /** An event waits for the person's answer. */
  held: { readonly ids: readonly string[] };
  /** The collector has these, or, as the page was left, the browser took them for delivery. */
  sent: { readonly ids: readonly string[] };
  dropped: Dropped;
  /** Something failed: a tag's script, a request (the events are kept and sent again), a `beforeSend`. */
  error: { readonly message: string; readonly error?: unknown };
}
