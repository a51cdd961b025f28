import { type Backoff, backoffDelay } from "@beaconry/core/internal";
import type { LeasedParcel, Settlement } from "../outbox/outbox.js";
import type { DueTimes } from "./due-times.js";
import type { Gate } from "./gate.js";
import type { BatchResult } from "./send-batch.js";

/** Parcels, and in the same order what became of each. */
export interface Judged {
  readonly parcels: readonly LeasedParcel[];
  readonly settlements: readonly Settlement[];
  /** Why they are tried again, where they are. */
  readonly detail?: string;
}

/** What a judge goes by. */
export interface JudgeParts {
  readonly gate: Pick<Gate, "wasPassed">;
  /** Milliseconds for which nothing of a group may be sent. */
  readonly waitOf: (group: string) => number;
  readonly dueTimes: Pick<DueTimes, "set">;
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** Says what a result means for each of its parcels. */
export function createJudge({ gate, waitOf, dueTimes, maxAttempts, backoff, random, now }: JudgeParts) {
  function later({ key }: LeasedParcel, wait: number, counted = false): Settlement {
    dueTimes.set(key, wait);
    return { key, outcome: "retry", at: Math.ceil(now() + wait), counted };
  }

  /**
   * While nothing at all gets through, attempts are not counted: an outage must not kill what waits. The first failure is,
   * though in a new process it may be of an outage that is long under way: but nothing dies of it.
   */
  function judgeRetry(parcel: LeasedParcel, failures: number, detail: string, after: number | undefined): Settlement {
    const isLast = parcel.attempts + 1 >= maxAttempts;
    const isCounted = failures <= 1 && (gate.wasPassed || !isLast);
    const attempts = parcel.attempts + (isCounted ? 1 : 0);
    if (attempts >= maxAttempts) return dead(parcel, "attempts", `${attempts} attempts failed, the last: ${detail}`);
    return later(parcel, backoffDelay(Math.max(attempts, failures), backoff, random(), after), isCounted);
  }

  return ({ parcels, judgement }: BatchResult): Judged => {
    const verdict = judgement?.verdict;
    switch (verdict?.kind) {
      case "delivered":
        return { parcels, settlements: parcels.map(({ key }) => ({ key, outcome: "delivered" })) };
      case "refused":
        return { parcels, settlements: parcels.map((parcel) => dead(parcel, "refused", verdict.detail)) };
      case "retry": {
        const { detail, after } = verdict;
        const failures = judgement?.failures ?? 0;
        return { parcels, detail, settlements: parcels.map((parcel) => judgeRetry(parcel, failures, detail, after)) };
      }
      default:
        // A pause, or not sent at all.
        return {
          parcels,
          ...(judgement?.isAlone && verdict && { detail: verdict.detail }),
          settlements: parcels.map((parcel) => later(parcel, waitOf(parcel.group))),
        };
    }
  };
}

/**
 * What is too old is not sent: one such event fails Meta's whole request.
 * @param lastError of the destination: why they may have waited so long
 */
export function judgeExpired(parcels: readonly LeasedParcel[], destination: string, lastError?: string): Judged {
  const why = lastError === undefined ? "" : `, ${destination} said last: ${lastError}`;
  const detail = (attempts: number) => `older than the vendor takes, ${attempts} attempts failed${why}`;
  return { parcels, settlements: parcels.map((parcel) => dead(parcel, "expired", detail(parcel.attempts))) };
}

function dead({ key }: LeasedParcel, reason: "refused" | "expired" | "attempts", detail: string): Settlement {
  return { key, outcome: "dead", reason, detail };
}
