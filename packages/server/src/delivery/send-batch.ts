import type { Verdict } from "../destinations/destination.js";
import type { LeasedParcel } from "../outbox/outbox.js";
import { type Batch, halves } from "./batches.js";

/** A verdict, and what it meant for the destination. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Requests in a row without a good answer, this one included. */
  readonly failures: number;
  /** Whether the parcels' group waits by itself. */
  readonly isAlone: boolean;
}

/** What a batch, or the part of it that shared one fate, came to. */
export interface BatchResult {
  readonly parcels: readonly LeasedParcel[];
  /** Absent: it was not sent, because of what another request met. */
  readonly judgement?: Judgement;
}

/**
 * Sends a batch. A refused batch of several is halved until the event that the vendor does not take stands alone; the
 * others are sent. Each part's result comes as soon as it is known: where a vendor refuses a thousand events one by one,
 * the last request is made when the lease of the first is long over.
 * @param send gives `undefined` when nothing may be sent now
 */
export async function* sendBatch(
  batch: Batch,
  send: (batch: Batch) => Promise<Judgement | undefined>,
): AsyncGenerator<BatchResult, void> {
  const { parcels } = batch;
  const judgement = await send(batch);
  if (judgement?.verdict.kind !== "refused" || parcels.length === 1) {
    yield { parcels, ...(judgement && { judgement }) };
    return;
  }
  const [first, second] = halves(batch);
  let last: Verdict["kind"] | undefined;
  for await (const result of sendBatch(first, send)) {
    last = result.judgement?.verdict.kind;
    yield result;
  }
  // A limit or an outage in between: the rest waits, unsent.
  if (last === "delivered" || last === "refused") yield* sendBatch(second, send);
  else yield { parcels: second.parcels };
}
