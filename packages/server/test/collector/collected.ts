import { Readable } from "node:stream";
import { expect } from "vitest";
import { compileTrust, type TrustProxy } from "../../src/client-ip/trust.js";
import { type CollectorParts, type CollectReply, collect } from "../../src/collector/collect.js";
import { overFetch } from "../../src/collector/fetch-edge.js";
import { type CollectorOptions, readCollectorOptions } from "../../src/collector/options.js";
import type { ReceivedEvent } from "../../src/collector/read-event.js";
import { collectHandler } from "../../src/node/index.js";

/** What a collector without a tracker behind it answered and gave on. */
export interface Collected {
  readonly response: Response;
  readonly reply: CollectReply;
  readonly events: readonly ReceivedEvent["event"][];
  /** Claims that were counted, by name. */
  readonly claims: Readonly<Record<string, number>>;
  readonly bots: number;
}

/** Options of one request to a collector. */
export interface CollectInit extends Omit<RequestInit, "headers" | "body"> {
  headers?: Record<string, string>;
  url?: string;
  remoteAddress?: string;
  trustProxy?: TrustProxy;
  clientIpHeader?: string;
  now?: number;
  /** Sent as it is when it is text or bytes, otherwise as JSON. */
  body?: unknown;
}

/**
 * Sends one request to a collector whose outbox takes everything: as a Fetch API request, and once more as a request of
 * node:http, unless its body can be read only once. Both must come to the same.
 */
export async function collectOne(given: CollectInit, options: CollectorOptions = {}): Promise<Collected> {
  const init = { now: Date.now(), ...given };
  const overFetch = await collectBy(overFetchApi, init, options);
  if (init.body instanceof ReadableStream) return overFetch;
  const overNode = await collectBy(overNodeHttp, init, options);
  expect(overNode).toEqual({ ...overFetch, response: expect.anything() });
  expect(overNode.response.status).toBe(overFetch.response.status);
  const headers = [...overNode.response.headers].filter(([name]) => name !== "content-length");
  expect(headers).toEqual([...overFetch.response.headers]);
  return overFetch;
}

/** A request as it goes out, and the way it takes to the collector. */
interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: BodyInit;
  readonly more: RequestInit;
  readonly remoteAddress: string;
}
type Edge = (sent: Sent, parts: CollectorParts) => Promise<Response>;

const overFetchApi: Edge = async ({ url, method, headers, body, more, remoteAddress }, parts) => {
  const duplex = body instanceof ReadableStream && { duplex: "half" as const };
  const request = new Request(url, { method, body, headers, ...duplex, ...more });
  return overFetch(request, (asked) => collect(asked, { remoteAddress }, parts));
};

const overNodeHttp: Edge = async ({ url, method, headers, body, remoteAddress }, parts) => {
  const { protocol, host, pathname, search } = new URL(url);
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const bytes = typeof body === "string" ? Buffer.from(body) : (body as Uint8Array | undefined);
  const request = Object.assign(Readable.from(bytes === undefined ? [] : [bytes]), {
    method,
    url: `${pathname}${search}`,
    headers: { host, ...Object.fromEntries(names) },
    socket: { remoteAddress, encrypted: protocol === "https:" },
    complete: true,
  });
  const written = { status: 0, headers: new Headers(), body: "" };
  await collectHandler({ answer: (asked, info) => collect(asked, info ?? {}, parts) })(request, {
    headersSent: false,
    writeHead(status, fields) {
      written.status = status;
      for (const [name, value] of Object.entries(fields))
        for (const one of Array.isArray(value) ? value : [value]) written.headers.append(name, String(one));
    },
    end(text) {
      written.body = String(text);
    },
  });
  const { status } = written;
  return new Response(status === 204 ? null : written.body, { status, headers: written.headers });
};

async function collectBy(
  edge: Edge,
  {
    url = "https://collect.example/collect",
    remoteAddress = "127.0.0.1",
    trustProxy = ["loopback"],
    clientIpHeader = "x-forwarded-for",
    now = 0,
    body,
    headers,
    method = "POST",
    ...more
  }: CollectInit,
  options: CollectorOptions,
): Promise<Collected> {
  const isRaw =
    body === undefined || typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const sent: Sent = {
    url,
    method,
    headers: { "Content-Type": "text/plain;charset=UTF-8", "User-Agent": "Mozilla/5.0 (test)", ...headers },
    body: (isRaw ? body : JSON.stringify(body)) as BodyInit | undefined,
    more,
    remoteAddress,
  };
  const events: ReceivedEvent["event"][] = [];
  const claims: Record<string, number> = {};
  let bots = 0;
  const response = await edge(sent, {
    settings: readCollectorOptions({ origins: ["https://shop.example"], ...options }),
    trust: { trusts: compileTrust(trustProxy), clientIpHeader },
    intake: async (received) => {
      events.push(...received.map(({ event }) => event));
      return { kept: received.map(({ event }) => event), rejected: [], issues: [] };
    },
    onBot: (dropped) => {
      bots += dropped.length;
    },
    onClaim: (claim, count) => {
      claims[claim] = (claims[claim] ?? 0) + count;
    },
    now: () => now,
  });
  // Of a response of the Fetch API, the server leaves the body out.
  const text = method === "HEAD" ? "" : await response.clone().text();
  return { response, reply: text === "" ? undefined : JSON.parse(text), events, claims, bots };
}
