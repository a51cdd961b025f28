import { readAppEventsAnswer } from "@beaconry/core/meta";
import type { VendorAnswer } from "../http.js";
import type { Verdict } from "./destination.js";
import { jsonAnswer } from "./json-answer.js";
import { regainAccess, slowDown } from "./meta-usage.js";
import { vendorWords } from "./vendor-words.js";

const minute = 60_000;
const fiveMinutes = 300_000;

/** Limits of calls. Graph API, "Rate limits"; often with HTTP 400. */
const limits: ReadonlySet<unknown> = new Set([
  4, 9, 17, 32, 341, 368, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014,
]);

/** Token, permission, capability, version: an operator must act, and events wait until then. */
const configuration: ReadonlySet<unknown> = new Set([3, 10, 102, 190, 294, 412, 2635]);

/** A parameter that is wrong, too many of them, or of a kind that the API does not take. */
const refusals: ReadonlySet<unknown> = new Set([100, 105, 2650, 2655, 1487301, 1487366]);

/**
 * Reads an answer of Meta's Graph API: `error.code` decides before the HTTP status does. "Handling errors" of Graph API.
 * @param secrets never repeated
 */
export function metaVerdict({ status, body, headers }: VendorAnswer, secrets: readonly string[] = []): Verdict {
  const answer = jsonAnswer(body);
  const error = answer?.error;
  if (typeof error !== "object" || error === null) return verdictWithoutCode(status, headers, answer, secrets);
  const {
    code,
    error_subcode: subcode,
    is_transient: isTransient,
    message,
    error_user_msg: hint,
  } = error as Record<string, unknown>;
  const number = typeof code === "number" ? code : "unknown";
  const detail = `code ${number}${typeof subcode === "number" ? `/${subcode}` : ""}: ${vendorWords(hint ?? message, secrets)}`;
  if (limits.has(code) || status === 429) return { kind: "pause", detail, for: limitPause(headers) };
  if (isTransient === true) return { kind: "retry", detail };
  const isPermission = typeof code === "number" && code >= 200 && code <= 299;
  // 100/33: the dataset does not exist or the token may not use it.
  if (configuration.has(code) || isPermission || (code === 100 && subcode === 33)) {
    return { kind: "pause", detail, for: fiveMinutes };
  }
  return refusals.has(code) ? { kind: "refused", detail } : { kind: "retry", detail };
}

function verdictWithoutCode(
  status: number,
  headers: VendorAnswer["headers"],
  answer: Record<string, unknown> | undefined,
  secrets: readonly string[],
): Verdict {
  if (answer && status >= 200 && status < 300) {
    const wait = slowDown(headers);
    const said = readAppEventsAnswer(answer);
    // The Conversions API says how many it took, App Events that it did, or whose the event is.
    if (typeof answer.events_received === "number" || (said && ("isFb" in said || said.success))) {
      return { kind: "delivered", ...(wait !== undefined && { slowDown: wait }) };
    }
    // Meta took the call and dropped the event, which it would do again.
    if (said && "dropReason" in said) {
      return { kind: "refused", detail: `dropped: ${vendorWords(said.dropReason, secrets)}` };
    }
  }
  const detail = `HTTP ${status} without an error code`;
  if (status === 429) return { kind: "pause", detail, for: limitPause(headers) };
  // Too large: halves may fit.
  return status === 413 ? { kind: "refused", detail } : { kind: "retry", detail };
}

/** At least a minute. */
function limitPause(headers: VendorAnswer["headers"]): number {
  return Math.max(regainAccess(headers) ?? minute, minute);
}
