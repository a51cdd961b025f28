import type { VendorAnswer } from "../http.js";
import type { Verdict } from "./destination.js";
import { jsonAnswer } from "./json-answer.js";
import { vendorWords } from "./vendor-words.js";

const second = 1_000;
const fiveMinutes = 300_000;
const day = 86_400_000;

/** What a code that is no plain refusal means. */
export type Meaning = "delivered" | "retry" | "limit" | "slowLimit" | "configuration";

/** What TikTok's `code` means. "Return codes" of the Business API. */
const meanings: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [0, "delivered"],
  // A duplicated request: TikTok has it already.
  [40050, "delivered"],
  // Write conflict; a file that could not be fetched; system, processing, satellite service.
  ...meaning("retry", 40202, 40902, 40903, 40913, 50000, 50002, 51305),
  // By endpoint, app, advertiser: the message says of which time.
  ...meaning("limit", 40016, 40100, 40133),
  // For the one pixel code, which calls for a longer wait; maintenance, which takes minutes.
  ...meaning("slowLimit", 40132, 60001),
  // No permission, version and endpoint, an advertiser that is missing or does not match, closed for this country or at
  // all: every event would fail alike until an operator acts.
  ...meaning("configuration", 40001, 40006, 40007, 40051, 40300, 40301, 41000, 41001),
]);

/** Codes from here on are about TikTok's own systems, not about the request. */
export const systemCodes = 50_000;

/**
 * `undefined` for a code that refuses the request, as every unknown one does but those of two families: 401xx, which are about
 * the token, the app or a limit, and those of TikTok's own systems.
 */
export function meaningOf(code: number): Meaning | undefined {
  const isOfAccess = code >= 40_100 && code < 40_200;
  return meanings.get(code) ?? (isOfAccess ? "configuration" : code >= systemCodes ? "retry" : undefined);
}

function meaning(is: Meaning, ...codes: readonly number[]): readonly [number, Meaning][] {
  return codes.map((code) => [code, is]);
}

/**
 * Reads TikTok's answer: the `code` in the body decides, since HTTP is 200 for nearly every failure.
 * @param now Unix time, ms
 * @param secrets never repeated
 */
export function tiktokVerdict(
  { status, body }: VendorAnswer,
  events: number,
  now: number,
  secrets: readonly string[] = [],
): Verdict {
  const answer = jsonAnswer(body);
  const code = answer?.code;
  if (typeof code !== "number") return verdictWithoutCode(status);
  const message = typeof answer?.message === "string" ? answer.message : "";
  const detail = `code ${code}: ${vendorWords(message, secrets)}`;
  // Partially successful: only sending them apart tells which. A single event has nothing left to fail.
  if (code === 20001) return events > 1 ? { kind: "refused", detail } : { kind: "delivered" };
  switch (meaningOf(code)) {
    case "delivered":
      return { kind: "delivered" };
    case "retry":
      return { kind: "retry", detail };
    case "limit":
      return { kind: "pause", detail, for: limitPause(message, now) };
    case "slowLimit":
    case "configuration":
      return { kind: "pause", detail, for: fiveMinutes };
    default:
      return { kind: "refused", detail };
  }
}

function verdictWithoutCode(status: number): Verdict {
  const detail = `HTTP ${status} without a code`;
  if (status === 429) return { kind: "pause", detail, for: second };
  // Too large: halves may fit.
  if (status === 413) return { kind: "refused", detail };
  if (status === 408) return { kind: "retry", detail };
  // A wrong path or method is a matter of configuration: every event would fail alike.
  return status >= 400 && status < 500 ? { kind: "pause", detail, for: fiveMinutes } : { kind: "retry", detail };
}

/** A limit by the second is over in the next one, by the minute in five, by the day at 00:00 UTC. TikTok, "Rate limits". */
export function limitPause(message: string, now: number): number {
  if (/\bQPD\b/.test(message)) return day - (now % day);
  return /\bQPM\b/.test(message) ? fiveMinutes : second;
}
