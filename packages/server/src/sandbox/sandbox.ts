import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BeaconryError } from "@beaconry/core";
import { checkOptions, numberFrom } from "@beaconry/core/internal";
import { businessRoutes } from "./control/business-routes.js";
import { faultRoutes } from "./control/fault-routes.js";
import { controlRoute } from "./control/route.js";
import { stateRoutes } from "./control/state-routes.js";
import type { Faults } from "./faults/fault.js";
import { FaultList } from "./faults/fault-list.js";
import { Feed } from "./feed/feed.js";
import { feedRoutes } from "./feed/routes.js";
import { Journal } from "./journal.js";
import { EventNames } from "./meta/event-names.js";
import { metaRoutes } from "./meta/routes.js";
import { normalizeOptions, type SandboxOptions } from "./options.js";
import { pageFilesRoute, pageRoute } from "./page-route.js";
import type { ReceivedEvent, ReceivedRequest } from "./received.js";
import { createSandboxServer } from "./server.js";
import { tagRoutes } from "./tags/routes.js";
import { CallRate } from "./tiktok/call-rate.js";
import { tikTokRoutes } from "./tiktok/routes.js";
import type { SandboxAccount } from "./tiktok-business/accounts.js";
import type { SandboxAudience } from "./tiktok-business/audiences/audience.js";
import { SandboxBusiness } from "./tiktok-business/business.js";
import type { NewSandboxLead, SandboxLead } from "./tiktok-business/leads/lead.js";
import type { SandboxSubscription } from "./tiktok-business/leads/subscription.js";
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
  /** The ad accounts at TikTok: the three of the start, then those that were made. The list is a copy. */
  accounts(): readonly SandboxAccount[];
  /** The custom audiences at TikTok, in the order in which they were made, with who is in them. The list is a copy. */
  audiences(): readonly SandboxAudience[];
  /**
   * Resolves as soon as the predicate is true of the events, which it may be at once. Rejects when it is not within
   * `timeout` milliseconds (default: 5000), with a message that lists what arrived.
   */
  waitFor(predicate: (events: readonly ReceivedEvent[]) => boolean, timeout?: number): Promise<void>;
  /** Calls the listener for each event as it is accepted. Returns a function that stops it. */
  on(listener: (event: ReceivedEvent) => void): () => void;
  /** The leads that were handed in so far, oldest first, and how far TikTok's webhooks are with them. */
  leads(): readonly SandboxLead[];
  /** The webhook subscriptions at TikTok, in the order in which they were made. */
  subscriptions(): readonly SandboxSubscription[];
  /**
   * Somebody hands in a form: subscribers are sent the lead, again and again until they answer 200. Throws
   * `invalid_option`.
   */
  submitLead(lead: NewSandboxLead): SandboxLead;
  /** What goes wrong with requests: latency, limits, errors, cut connections. */
  readonly faults: Faults;
  /** What decides which requests a fault with a `probability` strikes: give it to {@link createSandbox} to see them again. */
  readonly seed: number;
  /**
   * As after the start: forgets events, requests, accounts that were made, audiences, leads, subscriptions, faults, draws, event names and what deduplication remembers, and cuts
   * the requests that a fault holds back. Listeners stay.
   */
  reset(): void;
  /** Stops listening and ends every open connection. Waits still open reject. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const waitRules = { timeout: numberFrom(0, Number.MAX_SAFE_INTEGER, "milliseconds as a number") };

/**
 * Starts a sandbox on 127.0.0.1. Rejects with a BeaconryError: `invalid_option` names a wrong or unknown option,
 * `port_unavailable` says that the port is in use or not allowed.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port, badTokens, expiredTokens, maxEvents, maxRequests, seed, now, audienceDelay, ...meta } =
    normalizeOptions(options);
  const journal = new Journal({ maxEvents, maxRequests, maxRequestBytes: MAX_REQUEST_BYTES });
  const faults = new FaultList(seed);
  const names = new EventNames();
  const rate = new CallRate();
  const checkToken = createTokenCheck(badTokens, expiredTokens);
  const feed = new Feed(journal, { maxEvents, now });
  const business = new SandboxBusiness(checkToken, now, audienceDelay, (part) => feed.noteBusiness(part));
  const reset = () => {
    faults.reset();
    names.clear();
    rate.clear();
    business.clear();
    journal.clear();
    cutHeld();
  };
  const state = () => ({
    seed,
    events: journal.events().length,
    requests: journal.requests().length,
    faults: faults.list(),
  });
  const routes = [
    controlRoute([
      ...faultRoutes(faults),
      ...businessRoutes(business),
      ...stateRoutes(state, reset),
      ...feedRoutes(journal, feed),
      pageFilesRoute,
    ]),
    pageRoute,
    ...tikTokRoutes({ checkToken, rate, now }),
    ...business.routes,
    ...tagRoutes,
    ...metaRoutes({ checkToken, names, now, ...meta }),
  ];
  const { server, cutHeld } = createSandboxServer({ routes, journal, faults, now });
  await listen(server, port);
  const close = async () => {
    journal.close();
    business.leads.stop();
    cutHeld();
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    seed,
    events: () => journal.events(),
    requests: () => journal.requests(),
    accounts: () => [...business.accounts.list()],
    audiences: () => business.audiences.list(),
    async waitFor(predicate, timeout = 5000) {
      checkOptions("waitFor", { timeout }, waitRules);
      await journal.waitFor(predicate, timeout);
    },
    on: (listener) => journal.on(listener),
    leads: () => business.leads.list(),
    subscriptions: () => business.leads.subscriptions.list(),
    submitLead: (lead) => business.leads.submit(lead),
    faults,
    reset,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Only this machine may connect. */
async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, HOST);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { EADDRINUSE: "is in use", EACCES: "is not allowed to this user" }[code ?? ""];
    if (why === undefined) throw error;
    const message = `createSandbox: port ${port} of ${HOST} ${why}: give another one, or 0 for any that is free`;
    throw new BeaconryError("port_unavailable", message, { cause: error });
  }
}
