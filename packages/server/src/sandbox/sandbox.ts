import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Fault, type FaultEndpoint, Faults } from "./faults.js";
import { Journal } from "./journal.js";
import { EventNames } from "./meta/event-names.js";
import { metaRoutes } from "./meta/routes.js";
import { normalizeOptions, type SandboxOptions } from "./options.js";
import { overviewRoute } from "./overview.js";
import type { ReceivedEvent, ReceivedRequest } from "./received.js";
import { createSandboxServer } from "./server.js";
import { tagRoutes } from "./tags/routes.js";
import { tikTokRoutes } from "./tiktok/routes.js";
import { createTokenCheck } from "./tokens.js";

const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const HOST = "127.0.0.1";

/** A running emulation of TikTok's and Meta's endpoints. */
export interface Sandbox {
  /** Where it listens, without a slash at the end: `http://127.0.0.1:PORT`. Base URL of both vendors' APIs and tags. */
  readonly url: string;
  /** The events accepted so far, oldest first. The list is a copy; an event's `outcome` may still change. */
  events(): readonly ReceivedEvent[];
  /** The requests to vendor endpoints so far, accepted or not, oldest first; tokens redacted. */
  requests(): readonly ReceivedRequest[];
  /**
   * Resolves as soon as the predicate is true of the events, which it may be at once. Rejects when it is not within
   * `timeout` milliseconds (default: 5000), with a message that lists what arrived.
   */
  waitFor(predicate: (events: readonly ReceivedEvent[]) => boolean, timeout?: number): Promise<void>;
  /** Calls the listener for each event as it is accepted. Returns a function that stops it. */
  on(listener: (event: ReceivedEvent) => void): () => void;
  /** Applies a fault to the next `count` requests to an endpoint, after faults set before. */
  failNext(endpoint: FaultEndpoint, count: number, fault: Fault): void;
  /** Forgets events, requests, faults, event names and what deduplication remembers; listeners stay. */
  reset(): void;
  /** Stops listening and ends every open connection. Waits still open reject. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1. Rejects with a BeaconryError that names a wrong or unknown option. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port, badTokens, expiredTokens, maxEvents, maxRequests, now } = normalizeOptions(options);
  const journal = new Journal({ maxEvents, maxRequests, maxRequestBytes: MAX_REQUEST_BYTES });
  const faults = new Faults();
  const names = new EventNames();
  const checkToken = createTokenCheck(badTokens, expiredTokens);
  const routes = [
    overviewRoute(journal),
    ...tikTokRoutes(checkToken),
    ...tagRoutes,
    ...metaRoutes({ checkToken, names, now }),
  ];
  const server = createSandboxServer({ routes, journal, faults, now });
  server.listen(port, HOST);
  await once(server, "listening");
  const close = async () => {
    journal.close();
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    events: () => journal.events(),
    requests: () => journal.requests(),
    waitFor: (predicate, timeout = 5000) => journal.waitFor(predicate, timeout),
    on: (listener) => journal.on(listener),
    failNext: (endpoint, count, fault) => faults.add(endpoint, count, fault),
    reset: () => {
      journal.clear();
      faults.clear();
      names.clear();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
