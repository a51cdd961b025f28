import { backoffDelay } from "@beaconry/core/internal";
import { cutBatch } from "./batch.js";
import { pushBounded } from "./bounded.js";
import type { DropReason } from "./drop-reason.js";
import type { Environment } from "./environment.js";
import type { Ledger } from "./ledger.js";
import type { Outcome, Transport } from "./transport.js";

/** Most events that wait; when one more comes, the oldest goes. */
const mostWaiting = 1000;

const backoff = { base: 1_000, cap: 30_000 };

/** Sends events in batches, one request at a time, until the collector has them. */
export interface Queue<Item> {
  add(item: Item): void;
  /** Tries to send all that waits, now; never rejects. Ends at the first request that fails. */
  flush(): Promise<void>;
  /** The page may be gone any moment: leaves all that waits to the browser. */
  leave(): void;
  waits(item: Item): boolean;
  /** Drops all that waits, and what comes back from a request that fails. */
  clear(reason: DropReason): void;
  /** How many wait or are on their way. */
  pending(): number;
}

/** What a queue is made of. */
export interface QueueParts<Item> {
  batch: { maxEvents: number; maxDelay: number };
  transport: Transport;
  ledger: Ledger;
  environment: Pick<Environment, "after" | "now" | "random">;
  /** Called at each sending, so that what goes out is as consent and tags stand then. */
  toJson(item: Item): string;
}

/** An empty queue. */
export function createQueue<Item extends { readonly id: string }>(parts: QueueParts<Item>): Queue<Item> {
  const { batch, transport, ledger, environment, toJson } = parts;
  const waiting: Item[] = [];
  let onTheWay: readonly Item[] = [];
  /** Failures in a row. */
  let failures = 0;
  /** The collector asked not to be called before this time. */
  let notBefore = 0;
  /** Set when events were cleared while others were on their way. */
  let dropOnReturn: DropReason | undefined;
  let cancelTimer: (() => void) | undefined;
  let busy = false;
  let sending = Promise.resolve();

  const cut = (items: readonly Item[]) => cutBatch(items, toJson, batch.maxEvents, environment.now());
  const waitAsked = () => notBefore - environment.now();

  function stopTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function schedule(delay: number): void {
    cancelTimer ??= environment.after(delay, start);
  }

  function start(): Promise<void> {
    stopTimer();
    if (!busy) {
      busy = true;
      sending = sendAll();
    }
    return sending;
  }

  async function sendAll(): Promise<void> {
    while (waiting.length) {
      const { body, count } = cut(waiting);
      // One that grew too large since it was added.
      if (!count) ledger.dropped(ids(waiting.splice(0, 1)), "too_large");
      else {
        onTheWay = waiting.splice(0, count);
        const outcome = await transport.post(body);
        const items = onTheWay;
        onTheWay = [];
        settle(items, outcome);
        if (outcome.is === "failed") break;
      }
    }
    // In the same turn as the last look at what waits, so that no event is left without a timer.
    busy = false;
  }

  function settle(items: readonly Item[], outcome: Outcome): void {
    const given = dropOnReturn;
    dropOnReturn = undefined;
    if (outcome.is === "failed") {
      if (given) ledger.dropped(ids(items), given);
      else waiting.unshift(...items);
      notBefore = environment.now() + outcome.after;
      schedule(backoffDelay(++failures, backoff, environment.random(), outcome.after));
      return;
    }
    failures = 0;
    if (outcome.is === "refused") {
      ledger.dropped(ids(items), "refused");
      return;
    }
    const rejected = new Map(outcome.rejected.map((rejection) => [rejection.id, rejection.issues ?? []]));
    ledger.sent(ids(items).filter((id) => !rejected.has(id)));
    for (const id of ids(items)) if (rejected.has(id)) ledger.dropped([id], "rejected", rejected.get(id));
  }

  return {
    add(item) {
      if (!cut([item]).count) return ledger.dropped([item.id], "too_large");
      ledger.dropped(ids(pushBounded(waiting, item, mostWaiting - onTheWay.length)), "queue_overflow");
      if (busy || failures) return;
      if (waiting.length >= batch.maxEvents && waitAsked() <= 0) start();
      else schedule(Math.max(batch.maxDelay, waitAsked()));
    },
    async flush() {
      if (busy || waitAsked() <= 0) await start();
    },
    leave() {
      for (let from = 0; ; ) {
        const { body, count } = cut(waiting.slice(from));
        if (!count || !transport.beacon(body)) return;
        // After a failure a beacon may well fail too, and can not say so: then the events are kept, to be sent again
        // under the same ids should the page live on.
        if (failures) from += count;
        else ledger.sent(ids(waiting.splice(0, count)));
      }
    },
    waits: (item) => waiting.includes(item),
    clear(reason) {
      ledger.dropped(ids(waiting.splice(0)), reason);
      if (onTheWay.length) dropOnReturn = reason;
      stopTimer();
      failures = 0;
    },
    pending: () => waiting.length + onTheWay.length,
  };
}

function ids(items: readonly { readonly id: string }[]): string[] {
  return items.map(({ id }) => id);
}
