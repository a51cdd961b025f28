import type { Backoff } from "@beaconry/core/internal";
import type { Receiver } from "../destinations/destination.js";
import type { Transport } from "../http.js";
import type { LeasedParcel, Outbox } from "../outbox/outbox.js";
import { ask } from "./ask.js";
import { type Batch, toBatches } from "./batches.js";
import { type Clocks, createJumpDetector, createLeastNow } from "./clocks.js";
import { createDueTimes } from "./due-times.js";
import { createGate } from "./gate.js";
import { createJudge, type Judged, judgeExpired } from "./judge.js";
import type { DeliveryRecord } from "./record.js";
import { type Emit, report } from "./report.js";
import { type Judgement, sendBatch } from "./send-batch.js";
import { createSettler } from "./settler.js";
import { createSuspects } from "./suspects.js";
import { chooseToTry, mostToTry } from "./trial.js";
import { createWaiters } from "./waiters.js";

/** What a {@link Pump} works with. */
export interface PumpParts extends Clocks {
  readonly destination: Receiver;
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly emit: Emit;
  readonly record: DeliveryRecord;
  /** Requests under way at once, where the destination has no number of its own. */
  readonly concurrency: number;
  /** Failed attempts, while others got through, after which a parcel is dead. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How a destination does. */
export interface PumpState {
  /** Requests under way. */
  readonly underWay: number;
  /** Nothing is sent until then, Unix time in ms; absent when nothing holds it. */
  readonly pausedUntil?: number;
  /** Requests in a row without a good answer; more than one is an outage. */
  readonly failures: number;
  /** The last bad answer, in the vendor's words with secrets masked, and when it came, Unix time in ms. */
  readonly lastError?: { readonly detail: string; readonly at: number };
  /** Why the outbox gives nothing for now, and since when, Unix time in ms: it is asked again. */
  readonly outboxError?: { readonly detail: string; readonly at: number };
}

/** Brings the parcels of one destination out of the outbox to the vendor. */
export interface Pump {
  /** Something may be due. */
  wake(): void;
  /**
   * Resolves when nothing is under way, and nothing is left that is due within so many ms; after `stop`, when nothing is
   * under way.
   */
  drained(within: number): Promise<void>;
  /** Takes nothing more, and aborts what is under way: it stays in the outbox. */
  stop(): void;
  state(): PumpState;
}

/**
 * The longest sleep, ms: so often at least it is noticed that the wall clock was set, or that somebody else put parcels
 * into the outbox: another process, or whoever replays dead letters.
 */
const longestSleep = 60_000;

/** Starts nothing by itself: `wake` does. */
export function createPump(parts: PumpParts): Pump {
  const { destination, outbox, transport, emit, record, maxAttempts, backoff, random, now, elapsed } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const gate = createGate({ backoff, random, elapsed, concurrency: destination.concurrency ?? parts.concurrency });
  const settleInOutbox = createSettler(outbox);
  const dueTimes = createDueTimes(parts);
  const leastNow = createLeastNow(parts);
  const hasJumped = createJumpDetector(parts);
  const suspects = createSuspects(parts);
  const waitOf = (group: string) => Math.max(gate.wait(), suspects.wait(group));
  const judge = createJudge({ gate, waitOf, dueTimes, maxAttempts, backoff, random, now });
  const waiters = createWaiters(parts);
  /** Taken, and waiting for a free place. */
  const ready: Batch[] = [];
  /** Taken and not settled: what the outbox gives again, because a lease ran out, is not sent twice. */
  const held = new Set<string>();
  let underWay = 0;
  let lastError: PumpState["lastError"];
  let outboxError: PumpState["outboxError"];
  let looking = false;
  let lookAgain = false;
  let jumped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wake(): void {
    // Every place is taken: the request that ends first wakes it again.
    if (underWay >= gate.width()) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    void look();
  }

  /** Takes what is due, up to the free places, and sends it. */
  async function look(): Promise<void> {
    let wait: number;
    try {
      do {
        lookAgain = false;
        await redate();
        wait = await sendDue();
        outboxError = undefined;
      } while (lookAgain && !signal.aborted);
    } catch (error) {
      // The outbox did not answer: it is asked again.
      outboxError ??= { detail: error instanceof Error ? error.message : "it failed", at: now() };
      wait = backoff.base;
    }
    wakeIn(wait);
    looking = false;
    if (underWay === 0) waiters.settle(signal.aborted ? Number.POSITIVE_INFINITY : wait);
  }

  /** How long to wait before looking again, ms: endless when nothing waits; ends with as much under way as may be. */
  async function sendDue(): Promise<number> {
    while (underWay < gate.width() && !signal.aborted) {
      const wait = gate.wait();
      if (wait > 0) {
        await putBack(ready.splice(0));
        return wait;
      }
      const next = gate.trials() > 0 ? await sendToTry() : await sendNext();
      if (next !== undefined) return next;
    }
    if (signal.aborted) await putBack(ready.splice(0));
    return Number.POSITIVE_INFINITY;
  }

  /** Sends what is ready, or makes more of it so. How long to wait when nothing is due, ms. */
  async function sendNext(): Promise<number | undefined> {
    const batch = ready.shift();
    if (!batch) return takeDue(destination.maxBatch);
    if (suspects.wait(batch.group) > 0) await putBack([batch]);
    else send(batch);
    return undefined;
  }

  /** Sends one batch, of a group that did not fail last if there is one, and puts back the others. As {@link sendNext}. */
  async function sendToTry(): Promise<number | undefined> {
    if (ready.every(({ group }) => suspects.has(group))) {
      const wait = await takeDue(mostToTry(destination.maxBatch, gate.trials()));
      if (wait !== undefined && ready.length === 0) return wait;
      // Another process had it paused.
      if (gate.wait() > 0) return undefined;
    }
    const batches = ready.splice(0);
    const tries = chooseToTry(batches, suspects, random);
    if (tries) send(tries);
    await putBack(batches.filter((batch) => batch !== tries));
    return undefined;
  }

  /** Makes batches of what is due ready. How long to wait when nothing is, ms. */
  async function takeDue(most: number): Promise<number | undefined> {
    const { parcels, nextDueAt, pausedUntil } = await outbox.take(destination.name, most);
    if (pausedUntil !== undefined && parcels.length === 0) {
      // At least a little: the outbox may go by another clock.
      gate.hold(Math.max(pausedUntil - now(), backoff.base));
      return gate.wait();
    }
    if (parcels.length === 0) return Math.max((nextDueAt ?? Number.POSITIVE_INFINITY) - now(), 0);
    ready.push(...toBatches(await buryExpired(hold(parcels)), destination.maxBatch, maxAttempts));
    return undefined;
  }

  function hold(parcels: readonly LeasedParcel[]): readonly LeasedParcel[] {
    const fresh = parcels.filter(({ key }) => !held.has(key));
    for (const { key } of fresh) {
      held.add(key);
      dueTimes.delete(key);
    }
    return fresh;
  }

  function send(batch: Batch): void {
    underWay++;
    void deliver(batch)
      .catch(() => release(batch.parcels))
      .finally(() => {
        underWay--;
        wake();
      });
  }

  async function deliver(batch: Batch): Promise<void> {
    for await (const result of sendBatch(batch, sendOne)) {
      // The outbox did not take the outcome: the lease runs out, and the vendor knows the event by its id.
      await settle(judge(result)).catch(() => undefined);
    }
  }

  async function sendOne(batch: Batch): Promise<Judgement | undefined> {
    if (signal.aborted || waitOf(batch.group) > 0) return undefined;
    const told = gate.begin();
    const toldOfGroup = suspects.begin(batch.group);
    const { verdict, status } = await record.request(batch.parcels.length, () =>
      ask(batch, destination, transport, signal, now),
    );
    // Aborted by `stop`: no news of the vendor.
    if (signal.aborted && status === undefined) return undefined;
    const isAlone = toldOfGroup(verdict);
    const { paused, failures } = isAlone ? { paused: 0, failures: gate.failures } : told(verdict);
    if ("detail" in verdict) {
      lastError = { detail: verdict.detail, at: now() };
      if (paused > 0) {
        const until = Math.ceil(now() + paused);
        emit("paused", { destination: destination.name, until, detail: verdict.detail });
        // An outage each process finds out for itself; a limit or a bad token it need not.
        if (verdict.kind === "pause") await outbox.pause?.(destination.name, until).catch(() => undefined);
      }
    } else if (verdict.claim) {
      const events = batch.parcels.map(({ name, id }) => ({ name, id }));
      emit("attribution", { destination: destination.name, events, claim: verdict.claim });
    }
    return { verdict, failures, isAlone };
  }

  async function putBack(batches: readonly Batch[]): Promise<void> {
    await Promise.all(batches.map(({ parcels }) => settle(judge({ parcels }))));
  }

  async function buryExpired(parcels: readonly LeasedParcel[]): Promise<readonly LeasedParcel[]> {
    const time = leastNow();
    const expired = parcels.filter(({ expiresAt }) => expiresAt <= time);
    if (expired.length === 0) return parcels;
    const fresh = parcels.filter(({ expiresAt }) => expiresAt > time);
    try {
      await settle(judgeExpired(expired, destination.name, lastError?.detail));
    } catch (error) {
      release(fresh);
      throw error;
    }
    return fresh;
  }

  /** Where the wall clock was set, what waits is due when it would have been. */
  async function redate(): Promise<void> {
    jumped ||= hasJumped();
    if (!jumped) return;
    const settlements = dueTimes.redated();
    if (settlements.length > 0) await settleInOutbox(settlements);
    jumped = false;
  }

  async function settle(judged: Judged): Promise<void> {
    const { parcels, settlements } = judged;
    if (parcels.length === 0) return;
    try {
      await settleInOutbox(settlements);
    } finally {
      release(parcels);
    }
    report(judged, destination.name, record, emit);
  }

  function release(parcels: readonly LeasedParcel[]): void {
    for (const { key } of parcels) held.delete(key);
  }

  function wakeIn(milliseconds: number): void {
    clearTimeout(timer);
    if (signal.aborted) return;
    timer = setTimeout(wake, Math.min(milliseconds, longestSleep));
    // In Node a waiting retry must not keep a finished process alive; elsewhere timers are numbers.
    (timer as { unref?: () => void }).unref?.();
  }

  return {
    wake,
    drained(within) {
      const waited = waiters.wait(within);
      wake();
      return waited;
    },
    stop() {
      stopping.abort();
      clearTimeout(timer);
    },
    state() {
      const wait = gate.wait();
      const { failures } = gate;
      return {
        underWay,
        failures,
        ...(wait > 0 && { pausedUntil: Math.ceil(now() + wait) }),
        ...(lastError && { lastError }),
        ...(outboxError && { outboxError }),
      };
    },
  };
}
