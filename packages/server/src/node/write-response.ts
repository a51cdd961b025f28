import type { OutgoingHttpHeaders } from "node:http";
import type { CollectAnswer } from "../collector/collect.js";
import type { NodeRequest } from "./node-request.js";

/** What is used of a response of `node:http`, `node:https` or `node:http2` (compatibility API). */
export interface NodeResponse {
  readonly headersSent: boolean;
  readonly destroyed?: boolean;
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  end(body: string | Uint8Array): unknown;
}

/** So long may a body go on that nobody wants, ms: a connection that is closed at once may lose the answer on its way. */
const lingering = 1_000;

/**
 * Writes a Fetch API response, several `Set-Cookie` headers apart. Does nothing when the client has gone or something was
 * sent already. A body of the request that is still coming is thrown away for a second, then the connection is closed.
 */
export async function writeResponse(request: NodeRequest, response: NodeResponse, answer: Response): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  const headers = Object.fromEntries(answer.headers);
  write(request, response, answer.status, headers, answer.headers.getSetCookie(), body);
}

/** Writes the collector's answer, as {@link writeResponse} does. */
export function writeAnswer(request: NodeRequest, response: NodeResponse, answer: CollectAnswer): void {
  const { status, headers, cookies, body = "" } = answer;
  write(request, response, status, headers, cookies, body);
}

function write(
  request: NodeRequest,
  response: NodeResponse,
  status: number,
  given: Readonly<Record<string, string>>,
  cookies: readonly string[],
  body: string | Uint8Array,
): void {
  if (response.headersSent || response.destroyed) return;
  const headers: OutgoingHttpHeaders = { ...given };
  if (cookies.length > 0) headers["set-cookie"] = [...cookies];
  // RFC 9110, section 8.6: no length where there can be no body.
  if (status !== 204) headers["content-length"] = Buffer.byteLength(body);
  response.writeHead(status, headers);
  response.end(request.method === "HEAD" ? "" : body);
  if (!request.complete) throwAway(request);
}

function throwAway(request: NodeRequest): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy?.();
  }, lingering);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
