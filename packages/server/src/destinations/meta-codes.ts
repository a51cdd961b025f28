import type { VendorAnswer } from "../http.js";
import type { Verdict } from "./destination.js";
import { jsonAnswer, vendorWords } from "./json-answer.js";

const minute = 60_000;
const fiveMinutes = 300_000;

/** Limits of calls. Graph API rate limiting; often with HTTP 400. */
const limits: ReadonlySet<unknown> = new Set([
  4, 9, 17, 32, 341, 368, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014,
]);

/** Token, permission, version: an operator must act, and events wait until then. */
const configuration: ReadonlySet<unknown> = new Set([3, 10, 102, 190, 2635]);

/** Reads an answer of Meta's Graph API: `error.code` decides before the HTTP status does. */
export function metaVerdict({ status, body, headers }: VendorAnswer): Verdict {
  const answer = jsonAnswer(body);
  const error = answer?.error;
  if (typeof error !== "object" || error === null) {
    if (answer && status >= 200 && status < 300 && answer.success !== false) return { kind: "delivered" };
    const detail = `HTTP ${status} without an error code`;
    return status === 429 ? { kind: "pause", detail, for: minute } : { kind: "retry", detail };
  }
  const {
    code,
    error_subcode: subcode,
    is_transient: isTransient,
    message,
    error_user_msg: hint,
  } = error as Record<string, unknown>;
  const detail = `code ${code}${subcode ? `/${subcode}` : ""}: ${vendorWords(hint ?? message)}`;
  if (limits.has(code) || status === 429) return { kind: "pause", detail, for: regainAccess(headers) ?? minute };
  const isPermission = typeof code === "number" && code >= 200 && code <= 299;
  // 100/33: the dataset does not exist or the token may not use it.
  if (configuration.has(code) || isPermission || (code === 100 && subcode === 33)) {
    return { kind: "pause", detail, for: fiveMinutes };
  }
  if (code === 100 && !isTransient) return { kind: "refused", detail };
  return { kind: "retry", detail };
}

/** `X-Business-Use-Case-Usage` says in minutes when calls are taken again. */
function regainAccess(headers: Headers): number | undefined {
  const usage = jsonAnswer(headers.get("x-business-use-case-usage") ?? "");
  const minutes = Object.values(usage ?? {})
    .flat()
    .map((entry) => Number((entry as Record<string, unknown> | null)?.estimated_time_to_regain_access))
    .filter((value) => value > 0);
  return minutes.length > 0 ? Math.min(Math.max(...minutes), 24 * 60) * minute : undefined;
}
