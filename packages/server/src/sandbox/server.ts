import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Faults } from "./faults.js";
import type { Answer, Call, Route } from "./http-call.js";
import type { Journal } from "./journal.js";
import { noSuchObject } from "./meta/routes.js";
import { MAX_BODY_BYTES, readBody } from "./read-body.js";
import { redactBody, redactHeaders, redactPath } from "./redact.js";

/** A beacon's whole event is in its request line, so that may be long. */
const MAX_HEADER_BYTES = 256 * 1024;

interface Dependencies {
  readonly routes: readonly Route[];
  readonly journal: Journal;
  readonly faults: Faults;
  readonly now: () => number;
}

/** The HTTP edge: finds the route, reads the body, applies faults, keeps what came, writes the answer. */
export function createSandboxServer(dependencies: Dependencies): Server {
  return createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    serve(request, response, dependencies).catch((error: unknown) => {
      // A client that went away is no news; anything else is a fault of the sandbox and must be seen.
      if (request.destroyed || response.headersSent) return response.destroy();
      write(response, { status: 500, body: `sandbox: ${error instanceof Error ? error.stack : String(error)}` });
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, dependencies: Dependencies): Promise<void> {
  const { routes, journal, faults, now } = dependencies;
  const url = readUrl(request.url);
  const found = url && findRoute(routes, url.pathname);
  if (!url || !found) return write(response, notFound(url?.pathname ?? ""));
  const { route, captured } = found;
  const method = request.method ?? "GET";
  const cors = route.cors ? corsHeaders(request) : {};
  if (route.cors && method === "OPTIONS") return write(response, { status: 204, headers: cors });

  const bytes = await readBody(request);
  if (!bytes) {
    const headers = { ...cors, connection: "close" };
    return write(response, { status: 413, headers, body: `the body is larger than ${MAX_BODY_BYTES} bytes` });
  }
  const call: Call = { method, url, captured, headers: request.headers, body: bytes.toString("utf8") };
  const { endpoint } = route;
  const fault = endpoint && faults.take(endpoint);
  if (fault?.delay) await sleep(fault.delay, undefined, { ref: false });

  const answer = answerOf(route, call, fault);
  const cut = fault?.cut !== undefined && fault.cut !== false;
  if (endpoint) {
    const receivedAt = now();
    journal.addRequest(
      {
        endpoint,
        method,
        path: redactPath(url),
        headers: redactHeaders(request.headers),
        body: redactBody(answer.parsed),
        ...(!cut && { status: answer.status, answer: Buffer.isBuffer(answer.body) ? undefined : answer.body }),
        receivedAt,
        ...(fault && { fault: true }),
      },
      bytes.length,
    );
    journal.addEvents(answer.arrivals ?? [], receivedAt);
  }
  if (cut) request.socket.destroy();
  else write(response, { ...answer, headers: { ...cors, ...answer.headers } });
}

/** The route's own answer, or what a fault puts in its place. */
function answerOf(route: Route, call: Call, fault: Fault | undefined): Answer {
  const own = route.handle(call);
  if (!fault || fault.cut === "after") return own;
  const replaced = fault.status !== undefined || fault.body !== undefined || fault.headers !== undefined;
  if (!replaced && !fault.cut) return own;
  return {
    status: fault.status ?? 200,
    parsed: own.parsed,
    ...(fault.headers && { headers: lowerCaseNames(fault.headers) }),
    ...(fault.body !== undefined && { body: fault.body }),
  };
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
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

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** TikTok answers an unknown path with a bare 404, Meta with its error envelope. */
function notFound(path: string): Answer {
  const isGraph = /^\/(v\d+\.\d|\d+)\//.test(path);
  return isGraph ? noSuchObject : { status: 404, body: "404 page not found" };
}

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

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const isText = typeof body === "string";
  const bytes = body === undefined || isText || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const type = isText ? (body.startsWith("<") ? "text/html" : "text/plain") : "application/json";
  response.writeHead(status, {
    ...(body !== undefined && { "content-type": type }),
    ...headers,
    ...(status !== 204 && { "content-length": Buffer.byteLength(bytes ?? "") }),
  });
  response.end(bytes);
}
