import type { Outbox, Settlement } from "../outbox/outbox.js";

/**
 * Settles parcels, one call of the outbox at a time: what comes up meanwhile goes together into the next. An outbox on
 * disk then writes once for many requests. Resolves, or rejects, as the outbox does for that call.
 */
export function createSettler(outbox: Outbox): (settlements: readonly Settlement[]) => Promise<void> {
  let waiting: Settlement[] = [];
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;

  function settleWaiting(): Promise<void> {
    const settlements = waiting;
    waiting = [];
    next = undefined;
    const settled = outbox.settle(settlements);
    running = settled.catch(() => undefined);
    return settled;
  }

  return (settlements) => {
    for (const settlement of settlements) waiting.push(settlement);
    next ??= running.then(settleWaiting);
    return next;
  };
}
