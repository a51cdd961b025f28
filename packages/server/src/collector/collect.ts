import { type Issue, isBeaconryError, type TrackedEvent } from "@beaconry/core";
import {
  type Client,
  type ProxyTrust,
  type RequestHead,
  type RequestInfo,
  seenClient,
  seenUrl,
} from "../seen-request.js";
import { type Claim, claimIssue } from "./claims.js";
import type { CollectorSettings } from "./options.js";
import { corsHeaders } from "./origins.js";
import { type BodyProblem, type BodySource, readBody } from "./read-body.js";
import { type EventIssues, type ReadEnvelope, readEnvelope } from "./read-envelope.js";
import type { ReceivedEvent } from "./read-event.js";
import { setCookies } from "./set-cookies.js";

/** A request to the collector, as an adapter makes it of its server's own. */
export interface CollectRequest extends RequestHead {
  readonly body: BodySource;
}

/** The collector's answer, which an adapter writes in its server's own way. */
export interface CollectAnswer {
  readonly status: number;
  readonly headers: HeaderFields;
  /** Values of `Set-Cookie`, each for a header of its own. */
  readonly cookies: readonly string[];
  /** JSON; absent where the status has no body. */
  readonly body?: string;
}

/** What a collector works with. */
export interface CollectorParts {
  readonly settings: CollectorSettings;
  readonly trust: ProxyTrust;
  /** Puts events into the outbox; resolves when they are kept. */
  readonly intake: (events: readonly ReceivedEvent[]) => Promise<Taken>;
  /** Counts events that a robot has sent. */
  readonly onBot: (events: readonly TrackedEvent[]) => void;
  /** Counts what a batch said that is not a page's to say, and how many of its events said it. */
  readonly onClaim: (claim: Claim, events: number) => void;
  /** ms */
  readonly now: () => number;
}

/** What was wrong with events. */
export interface Findings {
  /** Not kept, and why. */
  readonly rejected: readonly EventIssues[];
  /** Kept all the same: what was left out of them, or weakens them. */
  readonly issues: readonly EventIssues[];
}

/** What became of events. */
export interface Taken extends Findings {
  /** Those that are kept, or were before: of one id there may be several, and not all of them kept. */
  readonly kept: readonly TrackedEvent[];
}

/** The collector's answer to a batch. */
export interface CollectReply extends Findings {
  /** Ids that are kept, or were before. Where events share one, it may be in `rejected` as well. */
  readonly accepted: readonly string[];
}

type HeaderFields = Readonly<Record<string, string>>;

const contentTypes = ["text/plain", "application/json"];
/** Seconds after which a full collector may be asked again. */
const retryAfterSeconds = 5;

/**
 * Takes a pixel's batch. The answer is 202 only when the outbox has the events, a 4xx for whatever is malformed, and
 * 503 with `Retry-After` while the outbox is full or the tracker is closing. Throws what an outbox throws that is broken.
 */
export async function collect(
  request: CollectRequest,
  info: RequestInfo,
  parts: CollectorParts,
): Promise<CollectAnswer> {
  const { settings, now } = parts;
  const cors = corsHeaders(request, settings.origins);
  if (!cors) return answer(403, { error: "this origin is not allowed" }, { Vary: "Origin" });
  if (request.method === "OPTIONS") return preflight(cors);
  if (request.method !== "POST")
    return answer(405, { error: "only POST is taken" }, { ...cors, Allow: "POST, OPTIONS" });
  const wrong = wrongContent(request);
  if (wrong) return answer(415, { error: wrong.error }, { ...cors, ...wrong.headers });
  const length = Number(request.headers.get("content-length") ?? 0);
  const body = await readBody(request.body, length, settings.maxBytes, settings.bodyTimeout);
  if ("problem" in body) return refuseBody(body.problem, settings, cors);
  const client = seenClient(request, info, parts.trust);
  const envelope = readEnvelope(body.text, client, now(), settings);
  if (!envelope) return answer(400, { error: "accepted is JSON of the form { sentAt, events: [...] }" }, cors);
  try {
    const { reply, taken } = await take(envelope, client, parts);
    return answer(202, reply, cors, cookiesFor(taken, request, info, parts));
  } catch (error) {
    if (!isBeaconryError(error)) throw error;
    return answer(503, { error: "not kept: try again" }, { ...cors, "Retry-After": String(retryAfterSeconds) });
  }
}

/** What is wrong with how the body is written, by its headers. */
function wrongContent({ headers }: RequestHead): { error: string; headers: HeaderFields } | undefined {
  const [type = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((one) => /^\s*charset=\s*"?([^"\s]*)"?\s*$/.exec(one)?.[1]).find(Boolean);
  if (!contentTypes.includes(type.trim()) || (charset !== undefined && !/^utf-?8$/.test(charset)))
    return { error: `accepted are ${contentTypes.join(", ")}, in UTF-8`, headers: {} };
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  // RFC 9110, section 15.5.16: so that the sender knows that it was not the type.
  if (encoding !== "" && encoding !== "identity")
    return { error: "compressed bodies are not taken", headers: { "Accept-Encoding": "identity" } };
  return undefined;
}

function refuseBody(
  problem: BodyProblem,
  { maxBytes, bodyTimeout }: CollectorSettings,
  cors: HeaderFields,
): CollectAnswer {
  if (problem === "too_large") return answer(413, { error: `accepted are ${maxBytes} bytes` }, cors);
  if (problem === "too_slow") return answer(408, { error: `the body must come within ${bodyTimeout} ms` }, cors);
  return answer(400, { error: "the body did not come whole, or is no UTF-8" }, cors);
}

async function take(
  { events, rejected: refused, claims }: ReadEnvelope,
  { userAgent }: Client,
  { settings, intake, onBot, onClaim }: CollectorParts,
): Promise<{ reply: CollectReply; taken: readonly TrackedEvent[] }> {
  if (settings.isBot?.(userAgent)) {
    onBot(events.map(({ event }) => event));
    const robots = events.map(({ event }) => ({ id: event.id, issues: [isRobot] }));
    return { reply: { accepted: [], rejected: [...refused, ...robots], issues: [] }, taken: [] };
  }
  const { kept, rejected, issues } = await intake(events);
  // Only now: a batch that is refused as a whole comes again.
  for (const [claim, count] of claims) onClaim(claim, count);
  const taken = new Set(kept);
  const claimed = events
    .filter((one) => one.claims.length > 0 && taken.has(one.event))
    .map((one) => ({ id: one.event.id, issues: one.claims.map(claimIssue) }));
  return {
    reply: {
      accepted: kept.map(({ id }) => id),
      rejected: [...refused, ...rejected.map(cutIssues)],
      issues: [...issues, ...claimed].map(cutIssues),
    },
    taken: kept,
  };
}

/** Issues that are told of one event. */
const mostIssues = 20;

/** The answer is not to grow with what somebody makes up. */
function cutIssues({ id, issues }: EventIssues): EventIssues {
  if (issues.length <= mostIssues) return { id, issues };
  const message = `${issues.length - mostIssues} more are not listed`;
  const rest: Issue = { severity: "warning", code: "too_many", path: "issues", message };
  return { id, issues: [...issues.slice(0, mostIssues), rest] };
}

const isRobot: Issue = {
  severity: "error",
  code: "wrong_value",
  path: "context.userAgent",
  message: "a robot's events are not taken",
};

function cookiesFor(
  taken: readonly TrackedEvent[],
  request: RequestHead,
  info: RequestInfo,
  { settings, trust, now }: CollectorParts,
): readonly string[] {
  if (!settings.cookies || taken.length === 0) return [];
  const { headers } = request;
  const seen = { url: seenUrl(request, info, trust), origin: headers.get("origin"), cookie: headers.get("cookie") };
  return setCookies(taken, seen, settings.cookies, now());
}

/** The answer to a request the `Host` or path of which make no address. */
export const noAddress: CollectAnswer = answer(400, { error: "the Host header or the path is malformed" });

function preflight(cors: HeaderFields): CollectAnswer {
  const headers = {
    ...cors,
    Allow: "POST, OPTIONS",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
  };
  return { status: 204, headers, cookies: [] };
}

function answer(
  status: number,
  body: object,
  headers: HeaderFields = {},
  cookies: readonly string[] = [],
): CollectAnswer {
  const all = { ...headers, "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status, headers: all, cookies, body: JSON.stringify(body) };
}
