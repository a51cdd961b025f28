import { BeaconryError } from "@beaconry/core";
import {
  aFunction,
  anyOf,
  type Backoff,
  checkOptions,
  group,
  listOf,
  numberFrom,
  type Rule,
  required,
  someText,
  wholeFrom,
  withMethods,
} from "@beaconry/core/internal";
import type { TrustProxy } from "./client-ip.js";
import type { CollectorOptions } from "./collector/collect.js";
import type { Destination } from "./destinations/destination.js";
import { kyTransport, type Transport } from "./http.js";
import { memoryOutbox } from "./outbox/memory-outbox.js";
import type { Outbox } from "./outbox/outbox.js";

/** Options of `createTracker`. */
export interface TrackerOptions {
  /** Where events go; each name once. */
  destinations: readonly Destination[];
  /** Keeps events until they are delivered. Default `memoryOutbox()`: lost with the process. */
  outbox?: Outbox;
  /** Which proxies' `X-Forwarded-For` to believe. Default: none. */
  trustProxy?: TrustProxy;
  /** Limits of `collect`. */
  collector?: CollectorOptions;
  /** Requests under way at once, for each destination. Default 4. */
  concurrency?: number;
  /** Attempts that failed, while others got through, after which an event is a dead letter. Default 10. */
  maxAttempts?: number;
  /** Wait between attempts. Default from 1 second doubling up to 5 minutes, a random part of it. */
  backoff?: Backoff;
  /** How requests are made. Default `kyTransport()`. */
  transport?: Transport;
  /** The clock, ms. Default `Date.now`. */
  now?: () => number;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

const count = wholeFrom(1);
const milliseconds = required(numberFrom(0, Number.MAX_SAFE_INTEGER, "milliseconds"));
const destination = withMethods("a destination", "accepts", "build", "request", "verdict");

const rules = {
  destinations: required(listOf(destination, "a list of destinations")),
  outbox: withMethods("an outbox", "add", "take", "settle", "waiting", "deadLetters", "close"),
  trustProxy: anyOf("a list of addresses, a number of hops or a function", listOf(someText, ""), count, aFunction),
  collector: group({ origins: listOf(someText, "a list of origins"), maxBytes: count, maxEvents: count }),
  concurrency: count,
  maxAttempts: count,
  backoff: group({ base: milliseconds, cap: milliseconds }),
  transport: aFunction,
  now: aFunction,
  random: aFunction,
} satisfies Record<keyof TrackerOptions, Rule>;

/** Every option, checked and with its default. */
export interface Settings extends Required<TrackerOptions> {
  collector: Required<CollectorOptions>;
}

/** Throws `invalid_option`. */
export function readTrackerOptions(options: TrackerOptions): Settings {
  checkOptions("createTracker", options, rules);
  const { collector, destinations } = options;
  const names = destinations.map(({ name }) => name);
  if (names.length === 0) {
    throw new BeaconryError("invalid_option", "createTracker: destinations is empty, accepted is at least one");
  }
  if (new Set(names).size < names.length) {
    throw new BeaconryError("invalid_option", `createTracker: destinations are named alike: ${names.join(", ")}`);
  }
  return {
    destinations,
    outbox: options.outbox ?? memoryOutbox(),
    trustProxy: options.trustProxy ?? [],
    collector: {
      origins: collector?.origins ?? [],
      maxBytes: collector?.maxBytes ?? 262_144,
      maxEvents: collector?.maxEvents ?? 100,
    },
    concurrency: options.concurrency ?? 4,
    maxAttempts: options.maxAttempts ?? 10,
    backoff: options.backoff ?? { base: 1_000, cap: 300_000 },
    transport: options.transport ?? kyTransport(),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  };
}
