import { type Backoff, backoffDelay } from "@beaconry/core/internal";
import type { Verdict } from "../destinations/destination.js";

/** What a {@link Gate} works with. */
export interface GateParts {
  readonly backoff: Backoff;
  /** Most requests under way. */
  readonly concurrency: number;
  /** Steady, ms. */
  readonly elapsed: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Whether a destination may be asked, by what it answered so far. */
export interface Gate {
  /** Milliseconds for which nothing may be sent; 0 when something may. */
  wait(): number;
  /** How often in a row a limit or an outage was met, so that one request has to try whether it is over; else 0. */
  trials(): number;
  /** Requests that may be under way: one alone, to try, after a limit or in an outage. */
  width(): number;
  /** A request is sent. Gives what its verdict has to be told to. */
  begin(): (verdict: Verdict) => Outcome;
  /** Somebody else met a limit: nothing may be sent for so long, ms, and then one request alone. */
  hold(milliseconds: number): void;
  /** Requests in a row without a good answer. */
  readonly failures: number;
  /** Whether anything got through yet. */
  readonly wasPassed: boolean;
}

/** What a verdict meant for the destination. */
export interface Outcome {
  /** Nothing is sent for so long from now, ms, and it is worth telling; else 0. */
  readonly paused: number;
  /** Requests in a row without a good answer, this one included: more than one is an outage. */
  readonly failures: number;
}

/** Open. */
export function createGate({ backoff, concurrency, elapsed, random }: GateParts): Gate {
  let closedUntil = Number.NEGATIVE_INFINITY;
  /** In a row. Failures of requests that were under way together are of the same outage, or the same limit: they count once. */
  let failures = 0;
  let limits = 0;
  let begun = 0;
  let changedAt = 0;
  let wasPassed = false;
  /** Answers so far: how many more were good than were not. */
  let balance = 0;

  const wait = () => Math.max(closedUntil - elapsed(), 0);
  const trials = () => Math.max(failures - 1, limits);

  function close(milliseconds: number): number {
    const until = elapsed() + milliseconds;
    if (until <= closedUntil) return 0;
    closedUntil = until;
    return milliseconds;
  }

  function judge(verdict: Verdict, isFirst: boolean, isUsual: boolean): number {
    switch (verdict.kind) {
      case "delivered":
      case "refused":
        // What was under way at a failure and got through as most did shows that the vendor is there; of a limit it shows
        // nothing. One that got through where most did not shows nothing either: in an outage some may.
        if (isFirst || isUsual) failures = 0;
        wasPassed = true;
        if (isFirst) limits = 0;
        if (verdict.kind === "delivered" && verdict.slowDown) close(verdict.slowDown);
        return 0;
      case "retry":
        if (isFirst) failures++;
        // One failure may be the event's own; a second in a row is an outage, met by the destination as a whole.
        if (failures < 2 && verdict.after === undefined) return 0;
        return close(backoffDelay(failures, backoff, random(), verdict.after));
      case "pause":
        if (isFirst) limits++;
        // Past the vendor's time, at random, so that not all senders are back in the same moment.
        return close(backoffDelay(limits, backoff, random(), verdict.for) + Math.round(random() * backoff.base));
    }
  }

  return {
    wait,
    trials,
    width: () => (trials() > 0 ? 1 : concurrency),
    begin() {
      const number = ++begun;
      const before = balance;
      return (verdict) => {
        const isFirst = number > changedAt;
        if (verdict.kind === "retry" || verdict.kind === "pause") {
          balance--;
          if (isFirst) changedAt = begun;
        } else balance++;
        return { paused: judge(verdict, isFirst, balance >= before), failures };
      };
    },
    hold(milliseconds) {
      limits = Math.max(limits, 1);
      changedAt = begun;
      // At random past the end, as after a limit of one's own.
      close(milliseconds + Math.round(random() * backoff.base));
    },
    get failures() {
      return failures;
    },
    get wasPassed() {
      return wasPassed;
    },
  };
}
