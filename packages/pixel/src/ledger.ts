import type { Issue } from "@beaconry/core";
import { createEmitter, type Emitter } from "@beaconry/core/page";
import type { DropReason, PixelEvents } from "./pixel-events.js";

/** Counts what became of events, and tells listeners. */
export interface Ledger extends Emitter<PixelEvents> {
  sent(ids: readonly string[]): void;
  dropped(ids: readonly string[], reason: DropReason, issues?: readonly Issue[]): void;
  /** Something failed that is not the event's fault. */
  failed(what: string, error?: unknown): void;
  /** Since the pixel's creation. */
  counts(): { sent: number; dropped: number; reasons: Partial<Record<DropReason, number>> };
}

/**
 * A ledger with nothing in it yet.
 * @param log told of everything
 */
export function createLedger(log: (...message: unknown[]) => void): Ledger {
  const emitter = createEmitter<PixelEvents>((error) => log("a listener failed", error));
  const reasons: Partial<Record<DropReason, number>> = {};
  let sent = 0;
  let dropped = 0;
  const emit: Ledger["emit"] = (kind, event) => {
    log(kind, event);
    emitter.emit(kind, event);
  };
  return {
    on: emitter.on,
    emit,
    sent(ids) {
      sent += ids.length;
      if (ids.length) emit("sent", { ids });
    },
    dropped(ids, reason, issues) {
      if (!ids.length) return;
      dropped += ids.length;
      reasons[reason] = (reasons[reason] ?? 0) + ids.length;
      emit("dropped", { ids, reason, ...(issues && { issues }) });
    },
    failed: (what, error) => emit("error", { message: what, ...(error !== undefined && { error }) }),
    counts: () => ({ sent, dropped, reasons: { ...reasons } }),
  };
}
