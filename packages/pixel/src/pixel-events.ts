import type { Issue } from "@beaconry/core";
import type { DropReason } from "./drop-reason.js";

/** A problem that the pixel found; it never throws for one. */
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
  issue: ReportedIssue;
  /** An event waits for the person's answer. */
  held: { readonly ids: readonly string[] };
  /** The collector has these, or, at page hide, the browser took them for delivery. */
  sent: { readonly ids: readonly string[] };
  dropped: Dropped;
}
