import type { EventName, Vendor } from "@beaconry/core";
import { pushBounded } from "./bounded.js";

interface TakenEvent {
  readonly name: EventName;
  readonly takenBy: readonly Vendor[];
}

/**
 * Page views that TikTok's tag took before its script was there. They alone go by the tag or by the server, since
 * `ttq.page()` has no event id: where the script never comes, the server has to be told again.
 */
export interface EarlyPageViews<Event> {
  add(event: Event): void;
  /** Those that the tag has not sent, and forgets them. */
  takeUnsent(): readonly Event[];
  forget(): void;
}

const mostKept = 100;

/** @param hasLoaded whether the vendor's script is there */
export function createEarlyPageViews<Event extends TakenEvent>(
  hasLoaded: (vendor: Vendor) => boolean,
): EarlyPageViews<Event> {
  const early: Event[] = [];
  return {
    add(event) {
      const isEarly = event.name === "PageView" && event.takenBy.includes("tiktok") && !hasLoaded("tiktok");
      if (isEarly) pushBounded(early, event, mostKept);
    },
    takeUnsent() {
      const kept = early.splice(0);
      return hasLoaded("tiktok") ? [] : kept;
    },
    forget() {
      early.length = 0;
    },
  };
}
