import type { TrackedEvent } from "./event.js";
import type { Vendor } from "./vendor.js";

/** An event as a pixel sends it: hashed, and without what only the collector can know. */
export interface EnvelopeEvent extends Omit<TrackedEvent, "user"> {
  /** The vendors whose tag has reported this event in the browser. */
  readonly tags: readonly Vendor[];
}

/** What a pixel posts to a collector, as JSON. */
export interface Envelope {
  /** The page's clock when it was sent, milliseconds: it may be wrong, and event times are corrected by the difference. */
  readonly sentAt: number;
  readonly events: readonly EnvelopeEvent[];
}
