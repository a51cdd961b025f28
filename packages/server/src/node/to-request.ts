import type { IncomingHttpHeaders } from "node:http";
import { readBodyStream } from "./body-stream.js";
import { keptBody, type ParsedBody } from "./node-body.js";
import { headOf, type NodeRequest, urlOf } from "./node-request.js";

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
  const url = urlOf(request);
  if (url === undefined) return undefined;
  const { method, headers: given } = headOf(request, url);
  const headers = headersOf(request.headers, given.get("host"));
  // Where nothing but POST is taken, the answer is the same one as to GET.
  if (forbidden.includes(method)) return new Request(url, { headers });
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(url, { method, headers, ...(hasBody ? bodyInit(request, parsed) : {}) });
}

/** Node has joined or dropped what came twice. */
function headersOf(given: IncomingHttpHeaders, host: string | null): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of typeof value === "string" ? [value] : value) headers.append(name, one);
  }
  if (host !== null) headers.set("host", host);
  return headers;
}

function bodyInit(request: NodeRequest, parsed: ParsedBody): RequestInit & { duplex?: "half" } {
  return request.readableDidRead ? { body: keptBody(parsed) } : { body: readBodyStream(request), duplex: "half" };
}
