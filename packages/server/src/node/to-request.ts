import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { readBodyStream } from "./body-stream.js";

/**
 * What is used of a request of `node:http`, `node:https` or `node:http2` (compatibility API), and of the servers that
 * build on them: Express adds `originalUrl` and `body`.
 */
export interface NodeRequest extends Readable {
  readonly method?: string;
  readonly url?: string;
  /** The whole path, where `url` is cut to what a router was mounted on. */
  readonly originalUrl?: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string; readonly encrypted?: boolean };
  /** What a body parser has made of the body. */
  readonly body?: unknown;
  /** Whether the whole body has come. */
  readonly complete: boolean;
}

/** A body that a parser has read already: bytes and texts are taken as they are, anything else is written as JSON. */
export interface ParsedBody {
  readonly body?: unknown;
}

/** Fetch knows no such requests (https://fetch.spec.whatwg.org/#forbidden-method). */
const forbidden = ["CONNECT", "TRACE", "TRACK"];

/**
 * A request of Node's as the Fetch API has it. The body is read only as far as somebody reads the result; where a body
 * parser has read it, what the parser made of it is the body. `undefined` when the client's `Host` or path make no
 * address, which is a 400.
 *
 * Throws when the body has been read and nobody kept it.
 * @param parsed where the server keeps the parsed body, if it is not in `request.body`
 */
export function toRequest(request: NodeRequest, parsed: ParsedBody = request): Request | undefined {
  const { method = "GET" } = request;
  const url = urlOf(request);
  if (!url) return undefined;
  const hasBody = method !== "GET" && method !== "HEAD";
  const init = { headers: headersOf(request.headers), ...(hasBody ? bodyOf(request, parsed) : {}) };
  // Where nothing but POST is taken, the answer is the same one as to GET.
  return forbidden.includes(method)
    ? new Request(url, { headers: init.headers })
    : new Request(url, { method, ...init });
}

/** The request's address, method and headers alone, for those who read no body. */
export function withoutBody(request: NodeRequest): Request {
  const { method = "GET" } = request;
  const url = urlOf(request) ?? new URL("http://localhost/");
  return new Request(url, { method: forbidden.includes(method) ? "GET" : method, headers: headersOf(request.headers) });
}

function urlOf({ url = "/", originalUrl = url, headers, socket }: NodeRequest): URL | undefined {
  // HTTP/2 has the host in `:authority`.
  const host = headers[":authority"] ?? headers.host ?? "localhost";
  const origin = `${socket.encrypted ? "https" : "http"}://${host}`;
  // A path that begins with two slashes is not to change the host, nor a whole address (RFC 9112, section 3.2.2).
  const path = originalUrl.startsWith("/") ? originalUrl : pathOf(originalUrl);
  const isHost = typeof host === "string" && !/[/?#@\\\s]/.test(host);
  return isHost && URL.canParse(origin + path) ? new URL(origin + path) : undefined;
}

function pathOf(address: string): string {
  if (!URL.canParse(address)) return "/";
  const { pathname, search } = new URL(address);
  return `${pathname.startsWith("/") ? "" : "/"}${pathname}${search}`;
}

/** Node has joined or dropped what came twice. */
function headersOf(given: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of typeof value === "string" ? [value] : value) headers.append(name, one);
  }
  const authority = given[":authority"];
  if (typeof authority === "string" && !headers.has("host")) headers.set("host", authority);
  return headers;
}

function bodyOf(request: NodeRequest, { body }: ParsedBody): RequestInit & { duplex?: "half" } {
  if (!request.readableDidRead) return { body: readBodyStream(request), duplex: "half" };
  if (body === undefined) {
    throw new TypeError("toRequest: the body has been read before, and request.body does not have it");
  }
  if (typeof body === "string") return { body };
  if (body instanceof Uint8Array) return { body: new Uint8Array(body) };
  return { body: JSON.stringify(body) };
}
