import type { Verdict } from "../destinations/destination.js";
import type { LeasedParcel } from "../outbox/outbox.js";
import { type Batch, halves } from "./batches.js";

/** A verdict, and what it meant for the destination. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Requests in a row without a good answer, this one included. */
  readonly failures: number;
}

/** What a batch, or the part of it that shared one fate, came to. */
export interface BatchResult {
  readonly parcels: readonly LeasedParcel[];
  /** Absent: it was not sent, because of what another request met. */
  readonly judgement?: Judgement;
}

/**
 * Sends a batch. A refused batch of several is halved until the event that the vendor does not take stands alone; the
 * others are sent.
 * @param send gives `undefined` when nothing may be sent now
 */
export async function sendBatch(
  batch: Batch,
  send: (batch: Batch) => Promise<Judgement | undefined>,
): Promise<readonly BatchResult[]> {
  const { parcels } = batch;
  const judgement = await send(batch);
  if (judgement?.verdict.kind !== "refused" || parcels.length === 1) {
    return [{ parcels, ...(judgement && { judgement }) }];
  }
  const [first, second] = halves(batch);
  const results = await sendBatch(first, send);
  const last = results.at(-1)?.judgement?.verdict.kind;
  // A limit or an outage in between: the rest waits, unsent.
  if (last !== "delivered" && last !== "refused") return [...results, { parcels: second.parcels }];
  return [...results, ...(await sendBatch(second, send))];
}
