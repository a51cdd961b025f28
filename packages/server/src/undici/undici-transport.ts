import { checkOptions, type Rule, wholeFrom } from "@beaconry/core/internal";
import { Agent } from "undici";
import type { Transport } from "../http.js";
import { longestTimer } from "../longest-timer.js";
import { createExchange } from "./exchange.js";

/** Options of {@link undiciTransport}. */
export interface UndiciTransportOptions {
  /** Milliseconds for connection and whole answer together. Default 10,000. */
  timeout?: number;
  /** Most connections to a host; requests beyond wait for one, which counts as part of their time. Default 128. */
  connections?: number;
  /** How long a connection without a request is kept open, ms. Default 30,000. */
  keepAlive?: number;
}

/** A transport with connections of its own. */
export interface UndiciTransport extends Transport {
  /** Ends the connections once what is under way is answered. They do not keep a process alive. */
  close(): Promise<void>;
}

const count = wholeFrom(1);

const rules = {
  timeout: count,
  connections: count,
  keepAlive: count,
} satisfies Record<keyof UndiciTransportOptions, Rule>;

/**
 * A transport for Node on undici's pool of kept connections, which costs a fraction of what `fetch` does for a request.
 * Worth it for App Events, which are one request a device. Throws `invalid_option`.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  checkOptions("undiciTransport", options, rules);
  const { connections = 128, keepAlive = 30_000 } = options;
  const timeout = Math.min(options.timeout ?? 10_000, longestTimer);
  // HTTP/1.1: what is tested and measured here; many connections are then what carries many requests.
  const agent = new Agent({ connections, keepAliveTimeout: keepAlive, connect: { timeout }, allowH2: false });

  const send: Transport = async ({ url, headers, body }, signal) => {
    signal.throwIfAborted();
    const { handler, answer, abort } = createExchange();
    const onAbort = () => abort(signal.reason);
    const timer = setTimeout(() => abort(timeoutError(timeout)), timeout);
    signal.addEventListener("abort", onAbort);
    try {
      const { origin, pathname, search } = new URL(url);
      // The timer covers headers and body.
      const rest = { headers, body, headersTimeout: 0, bodyTimeout: 0 };
      agent.dispatch({ origin, path: pathname + search, method: "POST", ...rest }, handler);
      return await answer;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  };
  return Object.assign(send, { close: () => agent.close() });
}

function timeoutError(timeout: number): Error {
  return new DOMException(`no whole answer within ${timeout} ms`, "TimeoutError");
}
