import type { Answer } from "../http-call.js";
import { errorAnswer, tokenAnswer as metaTokenAnswer } from "../meta/errors.js";
import type { SandboxEndpoint } from "../received.js";
import { envelope, tokenAnswer as tikTokTokenAnswer } from "../tiktok/answers.js";
import type { FaultOf, MetaLimitCode, TikTokLimitCode } from "./fault.js";
import type { AnsweringFault } from "./fault-list.js";

const html = "<!doctype html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>";

/** The message of 40100 is TikTok's; the others' are ours. */
function tikTokLimit(code: TikTokLimitCode, endpoint: SandboxEndpoint): string {
  // Of events at every tier; of other calls at the lowest.
  const limit = endpoint === "tiktok.events" ? 1_000 : 10;
  const messages: Readonly<Record<TikTokLimitCode, string>> = {
    40016: "Too many requests to this endpoint",
    40100: `App 1234567890 reaches the QPS limit ${limit}, current QPS is ${limit + 1}`,
    40132: "The QPS limit for this pixel_code is reached",
    40133: "Too many requests for this advertiser",
  };
  return messages[code];
}

/** In percent; at 100 calls are refused. Meta's page "Rate limits" of the Graph API. */
const used = { call_count: 100, total_time: 62, total_cputime: 58 };
const usage = (header: string, value: unknown) => ({ [header]: JSON.stringify(value) });

interface MetaLimit {
  readonly subcode?: number;
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const metaLimits: Readonly<Record<MetaLimitCode, MetaLimit>> = {
  4: { title: "Application request limit reached", headers: usage("x-app-usage", used) },
  17: {
    subcode: 2446079,
    title: "User request limit reached",
    headers: usage("x-ad-account-usage", { acc_id_util_pct: 100 }),
  },
  613: { subcode: 1487742, title: "Calls to this API have exceeded the rate limit" },
  80004: {
    title: "There have been too many calls to this ad-account",
    headers: usage("x-business-use-case-usage", {
      "1234567890": [{ type: "ads_management", ...used, estimated_time_to_regain_access: 1 }],
    }),
  },
};

function rateLimit({ code }: FaultOf<"rateLimit">, endpoint: SandboxEndpoint): Answer {
  if (code === 429) return { status: 429, body: "429 Too Many Requests" };
  if (isTikTok(endpoint)) {
    const known = (code ?? 40100) as TikTokLimitCode;
    return envelope(known, tikTokLimit(known, endpoint));
  }
  const known = (code ?? (endpoint === "meta.appEvents" ? 4 : 80004)) as MetaLimitCode;
  const { headers, ...limit } = metaLimits[known];
  return { ...errorAnswer({ status: 400, code: known, detail: limit.title, ...limit }), ...(headers && { headers }) };
}

/** The endpoint's own answer, of which TikTok took only the first half. */
function partialSuccess(own: Answer): Answer {
  const { arrivals = [] } = own;
  // What was refused as a whole stays so.
  if (arrivals.length === 0) return own;
  return envelope(20001, "Partial success", { arrivals: arrivals.slice(0, Math.ceil(arrivals.length / 2)) });
}

const lowerCaseNames = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const isTikTok = (endpoint: SandboxEndpoint) => endpoint.startsWith("tiktok.");

/** Whether the vendor does what it is asked for before it fails. */
export const isCarriedOut = (fault: AnsweringFault): boolean => "when" in fault && fault.when === "after";

/** What the fault makes of an endpoint's own answer. The events that are not in it are not taken. */
export function answerOf(fault: AnsweringFault, endpoint: SandboxEndpoint, own: Answer): Answer {
  const { parsed, arrivals } = own;
  const taken = isCarriedOut(fault) && arrivals ? { arrivals } : {};
  return { parsed, ...taken, ...replacement(fault, endpoint, own) };
}

function replacement(fault: AnsweringFault, endpoint: SandboxEndpoint, own: Answer): Answer {
  switch (fault.kind) {
    case "rateLimit":
      return rateLimit(fault, endpoint);
    case "serverError":
      return { status: fault.status ?? 500, body: "Server error" };
    case "html":
      return { status: fault.status ?? 200, body: html };
    case "cut":
      return { status: own.status, cut: true };
    case "expiredToken":
      return isTikTok(endpoint) ? tikTokTokenAnswer("expired") : metaTokenAnswer("expired");
    case "partialSuccess":
      return partialSuccess(own);
    case "answer": {
      const { status = 200, headers, body } = fault;
      return { status, ...(headers && { headers: lowerCaseNames(headers) }), ...(body !== undefined && { body }) };
    }
  }
}
