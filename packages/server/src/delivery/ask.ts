import { readRetryAfter } from "@beaconry/core/internal";
import type { Receiver, Verdict } from "../destinations/destination.js";
import { errorKind } from "../error-kind.js";
import type { Transport } from "../http.js";
import type { Batch } from "./batches.js";

/** No vendor is waited for longer than this without being asked again, ms. */
const longestWait = 24 * 3_600_000;

/** What one request came to. */
export interface Answered {
  readonly verdict: Verdict;
  /** The HTTP status; absent when no answer came. */
  readonly status?: number;
  /** The kind of error when no answer came. */
  readonly error?: string;
}

/**
 * Sends one request and reads the answer; a failure is an answer too. `Retry-After` is a floor.
 * @param now Unix time, ms
 */
export async function ask(
  { group, parcels }: Batch,
  destination: Receiver,
  transport: Transport,
  signal: AbortSignal,
  now: () => number,
): Promise<Answered> {
  try {
    const bodies = parcels.map(({ body }) => body);
    const answer = await transport(await destination.request(group, bodies), signal);
    const { status } = answer;
    const verdict = readVerdict(destination.verdict(answer, parcels.length, now()));
    if (verdict.kind !== "retry" && verdict.kind !== "pause") return { verdict, status };
    const floor = readRetryAfter(answer.headers.get("retry-after"), now(), longestWait);
    return { verdict: floor === undefined ? verdict : notBefore(verdict, floor), status };
  } catch (thrown) {
    const error = errorKind(thrown);
    return { verdict: { kind: "retry", detail: `no answer: ${error}` }, error };
  }
}

/** A destination of one's own may give anything, such as NaN for a header that is not there: no event must be lost by it. */
function readVerdict(verdict: Verdict): Verdict {
  switch (verdict.kind) {
    case "delivered":
      return verdict.slowDown === undefined ? verdict : { ...verdict, slowDown: readWait(verdict.slowDown) };
    case "retry":
      return verdict.after === undefined ? verdict : { ...verdict, after: readWait(verdict.after) };
    case "pause":
      return { ...verdict, for: readWait(verdict.for) };
    case "refused":
      return verdict;
    default:
      throw new TypeError("the verdict is none of delivered, retry, pause, refused");
  }
}

function readWait(milliseconds: number): number {
  return milliseconds > 0 ? Math.min(milliseconds, longestWait) : 0;
}

function notBefore(verdict: Extract<Verdict, { kind: "retry" | "pause" }>, floor: number): Verdict {
  return verdict.kind === "retry"
    ? { ...verdict, after: Math.max(floor, verdict.after ?? 0) }
    : { ...verdict, for: Math.max(floor, verdict.for) };
}
