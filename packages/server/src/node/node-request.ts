import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { RequestHead } from "../seen-request.js";

/**
 * What is used of a request of `node:http`, `node:https` or `node:http2` (compatibility API), and of the servers that
 * build on them: Express adds `originalUrl` and `body`.
 */
export interface NodeRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole path, where `url` is cut to what a router was mounted on. */
  readonly originalUrl?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly encrypted?: boolean | undefined;
    destroy?(): unknown;
  };
  /** What a body parser has made of the body. */
  readonly body?: unknown;
  /** Whether the whole body has come. */
  readonly complete: boolean;
}

/** The request's method and headers, under the address that {@link urlOf} gives. */
export function headOf({ method = "GET", headers }: NodeRequest, url: string): RequestHead {
  return { method, url, headers: { get: (name) => headerOf(headers, name) } };
}

/** The request's address; `undefined` when the client's `Host` or path make none, which is a 400. */
export function urlOf({ url = "/", originalUrl = url, headers, socket }: NodeRequest): string | undefined {
  const host = hostOf(headers) ?? "localhost";
  // A path that begins with two slashes is not to change the host, nor a whole address (RFC 9112, section 3.2.2).
  const path = originalUrl.startsWith("/") ? originalUrl : pathOf(originalUrl);
  const address = `${socket.encrypted ? "https" : "http"}://${host}${path}`;
  return !/[/?#@\\\s]/.test(host) && URL.canParse(address) ? address : undefined;
}

/** HTTP/2 has the host in `:authority`. */
function hostOf(headers: IncomingHttpHeaders): string | undefined {
  const authority = headers[":authority"];
  return typeof authority === "string" ? authority : headers.host;
}

function pathOf(address: string): string {
  if (!URL.canParse(address)) return "/";
  const { pathname, search } = new URL(address);
  return `${pathname.startsWith("/") ? "" : "/"}${pathname}${search}`;
}

/** Node has joined or dropped what came twice. */
function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = name === "host" ? (headers.host ?? hostOf(headers)) : headers[name];
  return (typeof value === "string" ? value : value?.join(", ")) ?? null;
}
