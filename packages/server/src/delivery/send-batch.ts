import { readRetryAfter } from "@beaconry/core/internal";
import type { Destination, Verdict } from "../destinations/destination.js";
import type { Transport } from "../http.js";
import type { LeasedParcel } from "../outbox/outbox.js";
import { type Batch, halves } from "./batches.js";

/** No vendor is waited for longer than this without being asked again, ms. */
const longestRetryAfter = 24 * 3_600_000;

/** What a batch, or the part of it that shared one fate, came to. */
export interface BatchResult {
  readonly parcels: readonly LeasedParcel[];
  readonly verdict: Verdict;
}

/**
 * Sends a batch and reads the answer. A refused batch of several is halved until the event that the vendor does not
 * take stands alone; the others are sent.
 */
export async function sendBatch(
  batch: Batch,
  destination: Destination,
  transport: Transport,
  signal: AbortSignal,
  now: () => number,
): Promise<readonly BatchResult[]> {
  const { parcels } = batch;
  const verdict = await sendOnce(batch, destination, transport, signal, now);
  if (verdict.kind !== "refused" || parcels.length === 1) return [{ parcels, verdict }];
  const results: BatchResult[] = [];
  for (const half of halves(batch)) {
    const last = results.at(-1)?.verdict.kind;
    // A limit or an outage in between: the rest waits with what met it.
    if (last === "pause" || last === "retry")
      results.push({ parcels: half.parcels, verdict: results.at(-1)?.verdict ?? verdict });
    else results.push(...(await sendBatch(half, destination, transport, signal, now)));
  }
  return results;
}

async function sendOnce(
  { group, parcels }: Batch,
  destination: Destination,
  transport: Transport,
  signal: AbortSignal,
  now: () => number,
): Promise<Verdict> {
  try {
    const bodies = parcels.map(({ body }) => body);
    const answer = await transport(destination.request(group, bodies), signal);
    const verdict = destination.verdict(answer, parcels.length);
    const floor = readRetryAfter(answer.headers.get("retry-after"), now(), longestRetryAfter);
    if (floor === undefined) return verdict;
    if (verdict.kind === "retry") return { ...verdict, after: Math.max(floor, verdict.after ?? 0) };
    return verdict.kind === "pause" ? { ...verdict, for: Math.max(floor, verdict.for) } : verdict;
  } catch (error) {
    // Only the kind of error: a message could hold an address with its query.
    return { kind: "retry", detail: `no answer: ${error instanceof Error ? error.name : "unknown error"}` };
  }
}
