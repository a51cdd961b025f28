import { isBeaconryError, type TrackedEvent } from "@beaconry/core";
import { clientIp, isPublic } from "../client-ip.js";
import { corsHeaders } from "./origins.js";
import { readBody } from "./read-body.js";
import { type EventIssues, type ReadEnvelope, readEnvelope } from "./read-envelope.js";
import type { ReceivedEvent } from "./read-event.js";

/** Limits of a collector. */
export interface CollectorOptions {
  /**
   * Origins of the pages that may send, such as `https://shop.example`. The collector's own host always may.
   * Default: none but that.
   */
  origins?: readonly string[];
  /** Largest body, bytes. Default 262,144. */
  maxBytes?: number;
  /** Most events in a body. Default 100. */
  maxEvents?: number;
}

/** What the adapter of a server knows and a Fetch API request does not say. */
export interface RequestInfo {
  /** The socket's own address; without it no address is sent on. */
  remoteAddress?: string;
}

/** What a collector works with. */
export interface CollectorParts {
  readonly limits: Required<CollectorOptions>;
  readonly trusts: (address: string, hop: number) => boolean;
  /** Puts events into the outbox; resolves when they are kept. */
  readonly intake: (events: readonly ReceivedEvent[]) => Promise<Findings>;
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

/** The collector's answer to a batch. */
export interface CollectReply extends Findings {
  /** Ids that are kept, or were before. */
  readonly accepted: readonly string[];
}

const contentTypes = ["text/plain", "application/json"];
/** Seconds after which a full collector may be asked again. */
const retryAfterSeconds = 5;

/** Takes a pixel's batch. The answer is 202 only when the outbox has the events, and a 4xx for whatever is malformed. */
export async function collect(request: Request, info: RequestInfo, parts: CollectorParts): Promise<Response> {
  const { limits, intake, now } = parts;
  const cors = corsHeaders(request, limits.origins);
  if (!cors) return answer(403, { error: "this origin is not allowed" });
  if (request.method === "OPTIONS") return preflight(cors);
  if (request.method !== "POST")
    return answer(405, { error: "only POST is taken" }, { ...cors, Allow: "POST, OPTIONS" });
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!contentTypes.includes(type)) return answer(415, { error: `accepted are ${contentTypes.join(", ")}` }, cors);
  const text = await readBody(request, limits.maxBytes).catch(() => "");
  if (text === undefined) return answer(413, { error: `accepted are ${limits.maxBytes} bytes` }, cors);
  const envelope = readEnvelope(text, now(), limits.maxEvents);
  if (!envelope) return answer(400, { error: "accepted is JSON of the form { sentAt, events: [...] }" }, cors);
  try {
    return answer(202, await take(envelope, request, info, parts, intake), cors);
  } catch (error) {
    if (!isBeaconryError(error)) throw error;
    return answer(503, { error: "not kept: try again" }, { ...cors, "Retry-After": String(retryAfterSeconds) });
  }
}

async function take(
  envelope: ReadEnvelope,
  request: Request,
  info: RequestInfo,
  { trusts }: CollectorParts,
  intake: CollectorParts["intake"],
): Promise<CollectReply> {
  const address = clientIp(info.remoteAddress, request.headers.get("x-forwarded-for"), trusts);
  const ip = address !== undefined && isPublic(address) ? address : undefined;
  const userAgent = request.headers.get("user-agent")?.slice(0, 1_024);
  const events = envelope.events.map(({ event, tags }) => ({ tags, event: withClient(event, ip, userAgent) }));
  const { rejected, issues } = await intake(events);
  const out = new Set(rejected.map(({ id }) => id));
  const accepted = events.map(({ event }) => event.id).filter((id) => !out.has(id));
  return { accepted, rejected: [...envelope.rejected, ...rejected], issues };
}

function withClient(event: TrackedEvent, ip: string | undefined, userAgent: string | undefined): TrackedEvent {
  return { ...event, context: { ...event.context, ip, userAgent } };
}

function preflight(cors: Record<string, string>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...cors,
      "Access-Control-Allow-Methods": "POST",
      "Access-Control-Allow-Headers": "content-type",
      "Access-Control-Max-Age": "86400",
    },
  });
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...headers, "Cache-Control": "no-store" } });
}
