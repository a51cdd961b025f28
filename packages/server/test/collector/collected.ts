import { compileTrust, type TrustProxy } from "../../src/client-ip/trust.js";
import { type CollectReply, collect } from "../../src/collector/collect.js";
import { type CollectorOptions, readCollectorOptions } from "../../src/collector/options.js";
import type { ReceivedEvent } from "../../src/collector/read-event.js";

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

/** Sends one request to a collector whose outbox takes everything. */
export async function collectOne(
  {
    url = "https://collect.example/collect",
    remoteAddress = "127.0.0.1",
    trustProxy = ["loopback"],
    clientIpHeader = "x-forwarded-for",
    now,
    body,
    headers,
    method = "POST",
    ...init
  }: CollectInit,
  options: CollectorOptions = {},
): Promise<Collected> {
  const isRaw =
    body === undefined || typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const request = new Request(url, {
    method,
    body: (isRaw ? body : JSON.stringify(body)) as BodyInit,
    headers: { "Content-Type": "text/plain;charset=UTF-8", "User-Agent": "Mozilla/5.0 (test)", ...headers },
    ...(body instanceof ReadableStream && { duplex: "half" as const }),
    ...init,
  });
  const events: ReceivedEvent["event"][] = [];
  const claims: Record<string, number> = {};
  let bots = 0;
  const response = await collect(
    request,
    { remoteAddress },
    {
      settings: readCollectorOptions({ origins: ["https://shop.example"], ...options }),
      trust: { trusts: compileTrust(trustProxy), clientIpHeader },
      intake: async (received) => {
        events.push(...received.map(({ event }) => event));
        return { rejected: [], issues: [] };
      },
      onBot: (dropped) => {
        bots += dropped.length;
      },
      onClaim: (claim, count) => {
        claims[claim] = (claims[claim] ?? 0) + count;
      },
      now: () => now ?? Date.now(),
    },
  );
  const text = await response.clone().text();
  return { response, reply: text === "" ? undefined : JSON.parse(text), events, claims, bots };
}
