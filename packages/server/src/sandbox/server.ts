import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "./control/refusal.js";
import { refuseForeign } from "./control/refuse-foreign.js";
import { answerOf, isCarriedOut } from "./faults/answer-of.js";
import type { AnsweringFault, FaultList } from "./faults/fault-list.js";
import { type Answer, type Call, decode, type Route } from "./http-call.js";
import type { Journal } from "./journal.js";
import { noSuchObject } from "./meta/errors.js";
import { readBody } from "./read-body.js";
import { readForm } from "./read-form.js";
import { redactBody, redactHeaders, redactPath } from "./redact.js";
import { dribbleAnswer, writeAnswer } from "./write-answer.js";

const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** A beacon's whole event is in its request line, so that may be long. */
const MAX_HEADER_BYTES = 256 * 1024;

/** For all that holds no events. */
const MAX_OWN_BODY_BYTES = 64 * 1024;

interface Dependencies {
  readonly routes: readonly Route[];
  readonly journal: Journal;
  readonly faults: FaultList;
  readonly now: () => number;
}

export interface SandboxServer {
  readonly server: Server;
  /** Ends the connections of requests that a fault holds back. */
  cutHeld(): void;
}

/** The HTTP edge: finds the route, reads the body, applies faults, keeps what came, writes the answer. */
export function createSandboxServer(dependencies: Dependencies): SandboxServer {
  let held = new AbortController();
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const { signal } = held;
    serve(request, response, dependencies, signal).catch((error: unknown) => {
      // A client that went away, or was sent away, is no news; anything else is a fault of the sandbox and must be seen.
      if (request.socket.destroyed || response.headersSent || signal.aborted) return void response.destroy();
      const body = `sandbox: ${error instanceof Error ? error.stack : String(error)}`;
      return writeAnswer(response, { status: 500, body });
    });
  });
  return {
    server,
    cutHeld: () => {
      held.abort();
      held = new AbortController();
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, journal, faults, now }: Dependencies,
  held: AbortSignal,
): Promise<void> {
  const url = readUrl(request.url);
  const found = url && findRoute(routes, url.pathname);
  const method = request.method ?? "GET";
  if (!url || !found) return writeAnswer(response, notFound(method, url?.pathname ?? ""));
  const { route, captured } = found;
  if (route.own) return serveOwn(request, response, url, found);
  const cors = route.cors ? corsHeaders(request) : {};
  if (route.cors && method === "OPTIONS") return writeAnswer(response, { status: 204, headers: cors });

  const received = await (route.takesStream ? streamedCall : wholeCall)(request, url, captured);
  if (!received) {
    const headers = { ...cors, connection: "close" };
    return writeAnswer(response, { status: 413, headers, body: `the body is larger than ${MAX_BODY_BYTES} bytes` });
  }
  const start = performance.now();
  const { call, size } = received;
  const { endpoint } = route;
  const strike = endpoint && faults.strike(endpoint, route.path);
  if (strike?.delay) await sleep(strike.delay, undefined, { ref: false, signal: held });
  const own = await ownAnswer(route, call, strike?.answering);
  const answer = endpoint && strike?.answering ? answerOf(strike.answering, endpoint, own) : own;
  if (endpoint) {
    journal.add(
      {
        endpoint,
        method,
        path: redactPath(url),
        headers: redactHeaders(request.headers),
        body: redactBody(answer.parsed),
        bytes: size(),
        ...(!answer.cut && { status: answer.status, answer: redactAnswer(answer.body) }),
        ...(answer.headers && !answer.cut && { answerHeaders: answer.headers }),
        receivedAt: now(),
        duration: performance.now() - start,
        ...(strike && strike.kinds.length > 0 && { faults: strike.kinds }),
      },
      answer.arrivals ?? [],
    );
  }
  if (answer.cut) return void request.socket.destroy();
  const whole = { ...answer, headers: { ...cors, ...answer.headers } };
  return strike?.dribble ? dribbleAnswer(response, whole, strike.dribble, held) : writeAnswer(response, whole);
}

/** A call, and how many bytes of its body have been read. */
interface Received {
  readonly call: Call;
  readonly size: () => number;
}

/** `undefined` when its body is too large. */
async function wholeCall(
  request: IncomingMessage,
  url: URL,
  captured: readonly string[],
): Promise<Received | undefined> {
  const { method = "GET", headers } = request;
  const bytes = await readBody(request, MAX_BODY_BYTES);
  if (!bytes) return undefined;
  const form = await readForm(headers["content-type"], bytes);
  const call = { method, url, captured, headers, body: bytes.toString("utf8"), ...(form && { form }) };
  return { call, size: () => bytes.length };
}

/** A call whose route reads the body; what it leaves unread still lets the answer through. */
function streamedCall(request: IncomingMessage, url: URL, captured: readonly string[]): Received {
  let size = 0;
  async function* read(): AsyncGenerator<Buffer> {
    const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      size += chunk.length;
      yield chunk;
    }
  }
  const { method = "GET", headers } = request;
  return { call: { method, url, headers, captured, body: "", stream: read() }, size: () => size };
}

/** The endpoint's own answer; only what was understood, where a fault keeps the request from being carried out. */
async function ownAnswer(route: Route, call: Call, fault: AnsweringFault | undefined): Promise<Answer> {
  if (!route.read || !fault || isCarriedOut(fault)) return route.handle(call);
  // A file is sent whole before anything fails.
  for await (const _ of call.stream ?? []);
  return { status: 200, parsed: route.read(call) };
}

/** An answer's body as the journal keeps it: no files, and no tokens. */
function redactAnswer(body: unknown): unknown {
  if (Buffer.isBuffer(body)) return undefined;
  return typeof body === "string" ? body : redactBody(body);
}

/** The sandbox's own addresses: for this machine's programs and for pages of its own. */
async function serveOwn(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { route, captured }: { readonly route: Route; readonly captured: readonly string[] },
): Promise<void> {
  const write = (answer: Answer) => writeAnswer(response, { ...answer, headers: { ...ownHeaders, ...answer.headers } });
  const foreign = refuseForeign(request);
  if (foreign) return write(foreign);
  const bytes = await readBody(request, MAX_OWN_BODY_BYTES);
  if (!bytes) {
    const message = `the body is larger than ${MAX_OWN_BODY_BYTES} bytes`;
    return write(refusal(413, "too_large", message, { connection: "close" }));
  }
  const method = request.method ?? "GET";
  return write(await route.handle({ method, url, captured, headers: request.headers, body: bytes.toString("utf8") }));
}

function findRoute(routes: readonly Route[], path: string) {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match) return { route, captured: match.slice(1).map(decode) };
  }
  return undefined;
}

function readUrl(target: string | undefined): URL | undefined {
  return URL.parse(target ?? "", "http://sandbox") ?? undefined;
}

/** TikTok answers an unknown path with a bare 404, Meta with its error envelope. */
function notFound(method: string, path: string): Answer {
  const [, id] = /^\/(?:v\d+\.\d\/|(?=\d+\/))([^/]*)/.exec(path) ?? [];
  return id === undefined ? { status: 404, body: "404 page not found" } : noSuchObject(method, decode(id));
}

/** No other site may read, guess at or frame what the sandbox shows. */
const ownHeaders = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

function corsHeaders(request: IncomingMessage): Record<string, string> {
  return {
    "access-control-allow-origin": request.headers.origin ?? "*",
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "content-type",
    "cross-origin-resource-policy": "cross-origin",
    vary: "origin",
  };
}
