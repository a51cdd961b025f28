import { backoffDelay } from "@beaconry/core/page";
import { cutBatch } from "./batch.js";
import type { Environment } from "./environment.js";
import type { Ledger } from "./ledger.js";
import type { DropReason } from "./pixel-events.js";
import { keyOf, type StoredEvent, type StoredEvents } from "./stored-events.js";
import type { Transport } from "./transport.js";

/** Most events that wait; when one more comes, the oldest goes. */
const mostWaiting = 1000;

const backoff = { base: 1_000, cap: 30_000 };

/** What earlier pages left is taken over in portions of so many. */
const mostAdopted = 100;

/** Vendors recognise a second copy for 48 hours; what they may have already is sent within half of it. Milliseconds. */
const longestKept = 86_400_000;

/** Sends events in batches, one request at a time, until the collector has them. */
export interface Queue {
  /** Keeps the event for later pages too. */
  add(event: StoredEvent): void;
  /** Tries to send all that waits, also what earlier pages left, now; never rejects. Ends at the first request that fails. */
  flush(): Promise<void>;
  /** Sends soon. */
  wake(): void;
  /** The page may be gone any moment: leaves all that waits to the browser. */
  leave(): void;
  /** Drops all that waits, and what comes back from a request that fails. */
  clear(reason: DropReason): void;
  /** How many wait or are on their way. */
  pending(): number;
}

/** What a queue is made of. */
export interface QueueParts {
  batch: { maxEvents?: number; maxDelay?: number };
  transport: Transport;
  stored: StoredEvents;
  ledger: Ledger;
  environment: Pick<Environment, "after" | "now" | "random" | "window">;
  /** Whether events may be sent, as the consent is now. */
  isAllowed(): boolean;
  /** Whether the page is left: it takes nothing over. */
  isLeft(): boolean;
  /** Called at each sending, so that what goes out is as consent stands then. */
  toJson(event: StoredEvent): string;
}

/** An empty queue. */
export function createQueue(parts: QueueParts): Queue {
  const { transport, stored, ledger, environment, isAllowed, isLeft, toJson } = parts;
  const { after, now, random, window } = environment;
  let { maxEvents = 20, maxDelay = 1_000 } = parts.batch;
  /** Fewer while the one event is searched for which a request is refused, as by a firewall before the collector. */
  let atOnce = maxEvents;
  let waiting: StoredEvent[] = [];
  let onTheWay: StoredEvent[] = [];
  /** When the vendors may have got a copy: by a tag, by a request whose answer was lost, or from an earlier page. */
  const copied = new WeakMap<StoredEvent, number>();
  /** Failures in a row. */
  let failures = 0;
  /** When the collector last answered, and how long it asked not to be called from then on. */
  let answered = { at: 0, wait: 0 };
  /** Set when events were cleared while others were on their way. */
  let dropOnReturn: DropReason | undefined;
  let cancelTimer = () => {};
  let dueAt = Infinity;
  /** Other pages have events, and may be gone one day. */
  let othersWait = false;
  let sending: Promise<void> | undefined;

  const cut = (events: readonly StoredEvent[]) => cutBatch(events, toJson, atOnce, now());

  function drop(events: readonly StoredEvent[], reason: DropReason): void {
    events.forEach(stored.remove);
    ledger.dropped(idsOf(events), reason);
  }

  function dropOld(): void {
    const old = waiting.filter((event) => !(now() - (copied.get(event) ?? now()) < longestKept));
    waiting = waiting.filter((event) => !old.includes(event));
    drop(old, "too_old");
  }

  function push(event: StoredEvent): void {
    waiting.push(event);
    drop(waiting.splice(0, waiting.length + onTheWay.length - mostWaiting), "queue_overflow");
  }

  /** For how long the collector is not to be called. No longer than it asked for: a clock may be set back. */
  const patience = () => Math.min(answered.at + answered.wait - now(), answered.wait);

  function schedule(delay: number): void {
    const due = now() + Math.max(delay, patience());
    if (due >= dueAt) return;
    stopTimer();
    dueAt = due;
    cancelTimer = after(due - now(), start);
  }

  function stopTimer(): void {
    cancelTimer();
    dueAt = Infinity;
  }

  /** Offline there is no trying; the event `online` goes on. */
  const canSend = () => isAllowed() && window.navigator.onLine !== false;

  function start(): Promise<void> {
    stopTimer();
    sending ??= sendAll().finally(() => {
      sending = undefined;
      if (waiting.length) {
        schedule(failures ? backoffDelay(failures, backoff, random()) : canSend() ? maxDelay : backoff.cap);
        return;
      }
      // What failed went another way: by a beacon, or by another page. The next event is not to wait for it.
      failures = 0;
      if (othersWait) schedule(backoff.cap);
    });
    return sending;
  }

  /** Unless the collector has asked not to be. */
  async function flush(): Promise<void> {
    if (sending || patience() <= 0) await start();
  }

  /** This page's own first: it may be gone any moment. */
  async function sendAll(): Promise<void> {
    do {
      while (waiting.length && canSend() && (await sendBatch()));
      if (waiting.length) return;
      othersWait = isAllowed() && !isLeft() && (await stored.adopt(adopt, () => waiting.length < mostAdopted));
    } while (waiting.length);
  }

  /** Whether it makes sense to send the next one. */
  async function sendBatch(): Promise<boolean> {
    // While this page slept, others may have taken its events for left.
    const taken = waiting.filter(stored.isTaken);
    if (taken.length) {
      waiting = waiting.filter((event) => !taken.includes(event));
      ledger.sent(idsOf(taken));
      return true;
    }
    dropOld();
    const { body, count } = cut(waiting);
    const events = waiting.splice(0, count || 1);
    if (!count) {
      // One that grew too large since it was added, or none.
      drop(events, "too_large");
      return true;
    }
    onTheWay = events;
    for (const event of events) if (!copied.has(event)) copied.set(event, now());
    const { status, wait, rejected, issues } = await transport.post(body);
    onTheWay = [];
    answered = { at: now(), wait };
    const isDone = status >= 200 && status < 300;
    const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    failures = isDone || isFinal || dropOnReturn ? 0 : failures + 1;
    if (isDone) {
      atOnce = maxEvents;
      events.forEach(stored.remove);
      const bad = new Map(rejected.map(({ id, issues }) => [id, issues]));
      const ids = idsOf(events);
      ledger.sent(ids.filter((id) => !bad.has(id)));
      for (const id of ids) if (bad.has(id)) ledger.dropped([id], "rejected", bad.get(id));
      for (const { id, issues: found = [] } of issues) for (const issue of found) ledger.emit("issue", { issue, id });
    } else if (dropOnReturn) drop(events, dropOnReturn);
    else if (isFinal && count === 1) drop(events, status === 413 ? "too_large" : "refused");
    else {
      waiting.unshift(...events);
      if (isFinal) atOnce = count >> 1;
      else ledger.failed(`the collector answered ${status || "nothing"}; ${count} events are kept and sent again`);
      if (status === 413) maxEvents = atOnce;
    }
    dropOnReturn = undefined;
    return !failures;
  }

  function adopt(event: StoredEvent): void {
    if ([...waiting, ...onTheWay].some((one) => keyOf(one) === keyOf(event))) return;
    copied.set(event, Number(event.time));
    push(event);
  }

  window.addEventListener("online", flush);

  return {
    add(event) {
      if (!cut([event]).count) return ledger.dropped([event.id], "too_large");
      if (event.tags?.length) copied.set(event, now());
      stored.keep(event);
      push(event);
      if (sending || failures) return;
      if (waiting.length >= maxEvents && patience() <= 0) start();
      else schedule(maxDelay);
    },
    flush,
    wake: () => schedule(maxDelay),
    leave() {
      if (!isAllowed()) return;
      dropOld();
      for (let batch = cut(waiting); batch.count && transport.beacon(batch.body); batch = cut(waiting)) {
        // What it took stays stored: it can not say whether the collector has it.
        ledger.sent(idsOf(waiting.splice(0, batch.count)));
      }
    },
    clear(reason) {
      drop(waiting.splice(0), reason);
      if (onTheWay.length) dropOnReturn = reason;
      stopTimer();
      failures = 0;
    },
    pending: () => waiting.length + onTheWay.length,
  };
}

/** Their ids. */
export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}
