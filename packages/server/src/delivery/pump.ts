import { type Backoff, backoffDelay } from "@beaconry/core/internal";
import type { Destination, Verdict } from "../destinations/destination.js";
import type { Transport } from "../http.js";
import type { LeasedParcel, Outbox, Settlement } from "../outbox/outbox.js";
import { type Batch, toBatches } from "./batches.js";
import type { TrackerNews } from "./news.js";
import { sendBatch } from "./send-batch.js";

/** What a {@link Pump} works with. */
export interface PumpParts {
  readonly destination: Destination;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly emit: <Kind extends keyof TrackerNews>(kind: Kind, news: TrackerNews[Kind]) => void;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Failed attempts, while others got through, after which a parcel is dead. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** ms */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Brings the parcels of one destination out of the outbox to the vendor. */
export interface Pump {
  /** Something may be due. */
  wake(): void;
  /** Resolves when nothing that is due now is left undelivered or under way. */
  drained(): Promise<void>;
  /** Takes nothing more, and aborts what is under way: it stays in the outbox. */
  stop(): void;
}

/** Starts nothing by itself: `wake` does. */
export function createPump(parts: PumpParts): Pump {
  const { destination, outbox, transport, emit, concurrency, maxAttempts, backoff, now, random } = parts;
  const stopping = new AbortController();
  const waiters = new Set<() => void>();
  let underWay = 0;
  let pausedUntil = 0;
  /** Requests in a row that got no good answer: an outage is met by the destination, not parcel by parcel. */
  let failures = 0;
  /** Taken, and waiting for a free place. */
  const ready: Batch[] = [];
  let looking = false;
  let lookAgain = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wake(): void {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    void look();
  }

  /** Takes what is due, up to the free places, and sends it. */
  async function look(): Promise<void> {
    try {
      do {
        lookAgain = false;
        const nextAt = await sendDue();
        if (nextAt !== undefined) wakeAt(nextAt);
      } while (lookAgain && !stopping.signal.aborted);
    } catch {
      // The outbox did not answer: it is asked again.
      wakeAt(now() + backoff.base);
    }
    looking = false;
    if (underWay === 0) settleWaiters();
  }

  /** The time at which to look again, if any; ends with as much under way as may be. */
  async function sendDue(): Promise<number | undefined> {
    while (underWay < concurrency && !stopping.signal.aborted) {
      if (pausedUntil > now()) {
        await putBack(ready.splice(0));
        return pausedUntil;
      }
      const batch = ready.shift();
      if (batch) {
        send(batch);
        continue;
      }
      const { parcels, nextDueAt } = await outbox.take(destination.name, destination.maxBatch);
      if (parcels.length === 0) return nextDueAt;
      ready.push(...toBatches(await buryExpired(parcels), destination.maxBatch));
    }
    if (stopping.signal.aborted) await putBack(ready.splice(0));
    return undefined;
  }

  function send(batch: Batch): void {
    underWay++;
    void sendBatch(batch, destination, transport, stopping.signal, now)
      .then((results) => settle(results.flatMap(({ parcels, verdict }) => judge(parcels, verdict))))
      // The outbox did not take the outcome: the lease runs out, and the vendor knows the event by its id.
      .catch(() => undefined)
      .finally(() => {
        underWay--;
        wake();
      });
  }

  async function putBack(batches: readonly Batch[]): Promise<void> {
    const parcels = batches.flatMap((batch) => batch.parcels);
    if (parcels.length > 0)
      await outbox.settle(parcels.map((parcel) => later(parcel, Math.max(pausedUntil, now()), false)));
  }

  async function buryExpired(parcels: readonly LeasedParcel[]): Promise<readonly LeasedParcel[]> {
    const expired = parcels.filter(({ expiresAt }) => expiresAt <= now());
    if (expired.length === 0) return parcels;
    const detail = "older than the vendor takes";
    await settle(expired.map((parcel) => ({ parcel, settlement: dead(parcel, "expired", detail) })));
    return parcels.filter(({ expiresAt }) => expiresAt > now());
  }

  /** What the verdict means for each parcel, and for the destination as a whole. */
  function judge(parcels: readonly LeasedParcel[], verdict: Verdict): Judged[] {
    if (stopping.signal.aborted && verdict.kind === "retry") {
      return parcels.map((parcel) => ({ parcel, settlement: later(parcel, now(), false) }));
    }
    failures = verdict.kind === "retry" ? failures + 1 : 0;
    switch (verdict.kind) {
      case "delivered":
        return parcels.map((parcel) => ({ parcel, settlement: { key: parcel.key, outcome: "delivered" } }));
      case "refused":
        return parcels.map((parcel) => ({ parcel, settlement: dead(parcel, "refused", verdict.detail) }));
      case "pause":
        pause(verdict.for, verdict.detail);
        return parcels.map((parcel) => ({ parcel, settlement: later(parcel, pausedUntil, false) }));
      case "retry":
        pause(backoffDelay(failures, backoff, random(), verdict.after), verdict.detail);
        return parcels.map((parcel) => judgeRetry(parcel, verdict.detail, verdict.after));
    }
  }

  /** While nothing at all gets through, attempts are not counted: an outage must not kill what waits. */
  function judgeRetry(parcel: LeasedParcel, detail: string, after: number | undefined): Judged {
    const counted = failures <= 1;
    const attempts = parcel.attempts + (counted ? 1 : 0);
    if (attempts >= maxAttempts) return { parcel, settlement: dead(parcel, "attempts", detail) };
    const at = now() + backoffDelay(Math.max(attempts, failures), backoff, random(), after);
    return { parcel, settlement: later(parcel, at, counted), detail };
  }

  function pause(milliseconds: number, detail: string): void {
    const until = now() + milliseconds;
    if (until <= pausedUntil) return;
    pausedUntil = until;
    emit("paused", { destination: destination.name, until, detail });
  }

  async function settle(judged: readonly Judged[]): Promise<void> {
    await outbox.settle(judged.map(({ settlement }) => settlement));
    for (const { parcel, settlement, detail } of judged) {
      const news = { destination: destination.name, name: parcel.name, id: parcel.id };
      if (settlement.outcome === "delivered") emit("delivered", news);
      else if (settlement.outcome === "dead")
        emit("dead", { ...news, reason: settlement.reason, detail: settlement.detail });
      else if (detail !== undefined) emit("retrying", { ...news, at: settlement.at, detail });
    }
  }

  function wakeAt(time: number): void {
    clearTimeout(timer);
    // Node's timers hold 31 bits; looking once a day too often is harmless.
    timer = setTimeout(wake, Math.min(Math.max(time - now(), 0), 86_400_000));
    // In Node a waiting retry must not keep a finished process alive; elsewhere timers are numbers.
    (timer as { unref?: () => void }).unref?.();
  }

  function settleWaiters(): void {
    for (const resolve of waiters) resolve();
    waiters.clear();
  }

  return {
    wake,
    drained: () =>
      new Promise((resolve) => {
        waiters.add(resolve);
        wake();
      }),
    stop() {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

type Retry = Extract<Settlement, { outcome: "retry" }>;

interface Judged {
  readonly parcel: LeasedParcel;
  readonly settlement: Settlement;
  /** Why it is tried again. */
  readonly detail?: string;
}

function later({ key }: LeasedParcel, at: number, counted: boolean): Retry {
  return { key, outcome: "retry", at, counted };
}

function dead({ key }: LeasedParcel, reason: "refused" | "expired" | "attempts", detail: string): Settlement {
  return { key, outcome: "dead", reason, detail };
}
