import type { VendorAnswer } from "../http.js";
import type { Verdict } from "./destination.js";
import { jsonAnswer, vendorWords } from "./json-answer.js";

const second = 1_000;
const fiveMinutes = 300_000;

/** What TikTok's `code` means. "Return codes" of the Business API; codes that are not here refuse the request. */
const meanings: ReadonlyMap<number, "delivered" | "retry" | "limit" | "token"> = new Map([
  [0, "delivered"],
  // A duplicated request: TikTok has it already.
  [40050, "delivered"],
  ...([40202, 50000, 50002, 51305] as const).map((code) => [code, "retry"] as const),
  ...([40016, 40100, 40132, 40133, 60001] as const).map((code) => [code, "limit"] as const),
  // No permission, and everything about the token: an operator must act, and events wait until then.
  ...(
    [
      40001, 40101, 40102, 40103, 40104, 40105, 40106, 40107, 40108, 40109, 40110, 40112, 40113, 40115, 40116, 40117,
      40118, 40119, 40124, 40125,
    ] as const
  ).map((code) => [code, "token"] as const),
]);

/** Reads TikTok's answer: the `code` in the body decides, since HTTP is 200 for nearly every failure. */
export function tiktokVerdict({ status, body }: VendorAnswer, events: number): Verdict {
  const answer = jsonAnswer(body);
  const code = answer?.code;
  if (typeof code !== "number") {
    const detail = `HTTP ${status} without a code`;
    if (status === 429) return { kind: "pause", detail, for: second };
    // A wrong path or method is a matter of configuration: every event would fail alike.
    if (status >= 400 && status < 500) return { kind: "pause", detail, for: fiveMinutes };
    return { kind: "retry", detail };
  }
  const detail = `code ${code}: ${vendorWords(answer?.message)}`;
  // Partially successful: only sending them apart tells which. A single event has nothing left to fail.
  if (code === 20001) return events > 1 ? { kind: "refused", detail } : { kind: "delivered" };
  switch (meanings.get(code)) {
    case "delivered":
      return { kind: "delivered" };
    case "retry":
      return { kind: "retry", detail };
    case "limit":
      return { kind: "pause", detail, for: limitPause(code, String(answer?.message)) };
    case "token":
      return { kind: "pause", detail, for: fiveMinutes };
    default:
      return { kind: "refused", detail };
  }
}

/** A limit by the second is over in the next one; by the minute, TikTok asks for five minutes. */
function limitPause(code: number, message: string): number {
  return code === 60001 || /QPM|QPD/.test(message) ? fiveMinutes : second;
}
