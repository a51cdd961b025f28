import type { Issue } from "@beaconry/core";
import type { Emitter } from "@beaconry/core/internal";
import { type DropReason, noDrops } from "./drop-reason.js";
import type { PixelEvents } from "./pixel-events.js";

/** Counts what became of events, and tells listeners. */
export interface Ledger {
  /** So many events go out a second time: the second outcome is not counted. */
  again(count: number): void;
  sent(ids: readonly string[]): void;
  dropped(ids: readonly string[], reason: DropReason, issues?: readonly Issue[]): void;
  /** Since the pixel's creation. */
  counts(): { sent: number; dropped: number; reasons: Record<DropReason, number> };
}

/**
 * A ledger with nothing in it yet.
 * @param warn told of every drop
 */
export function createLedger({ emit }: Emitter<PixelEvents>, warn: (message: string) => void): Ledger {
  const reasons = noDrops();
  let sent = 0;
  let dropped = 0;
  return {
    again(count) {
      sent -= count;
    },
    sent(ids) {
      if (!ids.length) return;
      sent += ids.length;
      emit("sent", { ids });
    },
    dropped(ids, reason, issues) {
      if (!ids.length) return;
      dropped += ids.length;
      reasons[reason] += ids.length;
      warn(`dropped ${ids.length} (${reason})`);
      emit("dropped", issues ? { ids, reason, issues } : { ids, reason });
    },
    counts: () => ({ sent, dropped, reasons: { ...reasons } }),
  };
}
