import type { OutgoingHttpHeaders } from "node:http";
import type { NodeRequest } from "./to-request.js";

/** What is used of a response of `node:http`, `node:https` or `node:http2` (compatibility API). */
export interface NodeResponse {
  readonly headersSent: boolean;
  readonly destroyed?: boolean;
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  end(body: Uint8Array): unknown;
}

/** So long may a body go on that nobody wants, ms: a connection that is closed at once may lose the answer on its way. */
const lingering = 1_000;

/**
 * Writes a Fetch API response, several `Set-Cookie` headers apart. Does nothing when the client has gone or something was
 * sent already. A body of the request that is still coming is thrown away for a second, then the connection is closed.
 */
export async function writeResponse(
  request: NodeRequest & { readonly socket: { destroy?(): unknown } },
  response: NodeResponse,
  answer: Response,
): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  if (response.headersSent || response.destroyed) return;
  const headers: OutgoingHttpHeaders = Object.fromEntries(answer.headers);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  // RFC 9110, section 8.6: no length where there can be no body.
  if (answer.status !== 204) headers["content-length"] = body.byteLength;
  response.writeHead(answer.status, headers);
  response.end(request.method === "HEAD" ? new Uint8Array() : body);
  if (!request.complete) throwAway(request);
}

function throwAway(request: NodeRequest & { readonly socket: { destroy?(): unknown } }): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy?.();
  }, lingering);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
