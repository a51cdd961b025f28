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
  textLike,
  wholeFrom,
  withMethods,
  yesOrNo,
} from "@beaconry/core/internal";
import type { TrustProxy } from "./client-ip/trust.js";
import {
  type CollectorOptions,
  type CollectorSettings,
  collectorRule,
  readCollectorOptions,
} from "./collector/options.js";
import type { Destination } from "./destinations/destination.js";
import { kyTransport, type Transport } from "./http.js";
import type { Journal } from "./journal/journal.js";
import { memoryOutbox } from "./outbox/memory-outbox.js";
import type { Outbox } from "./outbox/outbox.js";

/** Options of `createTracker`. */
export interface TrackerOptions {
  /** Where events go; each name once. */
  destinations: readonly Destination[];
  /** Keeps events until they are delivered. Default `memoryOutbox()`: lost with the process. */
  outbox?: Outbox;
  /**
   * Keeps accepted events for funnel reports and audiences, such as `sqliteJournal`. Default: none. Yours to close. What
   * is tracked in a transaction is kept at once, whether it commits or not.
   */
  journal?: Journal;
  /** Which proxies' headers to believe. Default: none. */
  trustProxy?: TrustProxy;
  /**
   * The header by which trusted proxies tell the client's address: `x-forwarded-for`, `forwarded` (RFC 7239), or one
   * that holds a single address, such as a CDN's `cf-connecting-ip`. Default `x-forwarded-for`.
   */
  clientIpHeader?: string;
  /** What `collect` takes, from whom, and which cookies it sets. */
  collector?: CollectorOptions;
  /**
   * Whether this tracker sends what its outbox holds. With `false` it only takes events, and trackers that share the
   * outbox, in processes of their own, deliver them. Default `true`.
   */
  deliver?: boolean;
  /** Requests under way at once, for each destination that has no number of its own. Default 4. */
  concurrency?: number;
  /** Attempts that failed, while others got through, after which an event is a dead letter. Default 10. */
  maxAttempts?: number;
  /** Wait between attempts. Default from 1 second doubling up to 5 minutes, a random part of it. */
  backoff?: Backoff;
  /** How requests are made. Default `kyTransport()`. */
  transport?: Transport;
  /** The wall clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
  /** A clock that is never set, ms: waits within the process go by it. Default `performance.now`. */
  elapsed?: () => number;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

const count = wholeFrom(1);
const milliseconds = required(numberFrom(0, Number.MAX_SAFE_INTEGER, "milliseconds"));
const methods = ["accepts", "build", "maxAge", "request", "verdict"];
const hasMethods = withMethods("a destination", ...methods);

/** Without these numbers nothing would be delivered, and nobody told. */
const destination: Rule = {
  takes: `a destination with a name, a maxBatch from 1, a concurrency from 1 if any, and the methods ${methods.join(", ")}`,
  fits(value) {
    if (!hasMethods.fits(value)) return false;
    const { name, maxBatch, concurrency = 1 } = value as Partial<Destination>;
    return someText.fits(name) && count.fits(maxBatch) && count.fits(concurrency);
  },
};

const rules = {
  destinations: required(listOf(destination, `a list, each of it ${destination.takes}`)),
  outbox: withMethods(
    "an outbox",
    "add",
    "take",
    "settle",
    "waiting",
    "oldest",
    "deadLetters",
    "replay",
    "purge",
    "close",
  ),
  journal: withMethods("a journal", "record"),
  trustProxy: anyOf(
    "a list of addresses, a number of hops, true, false or a function",
    listOf(someText, ""),
    someText,
    wholeFrom(0),
    yesOrNo,
    aFunction,
  ),
  // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
  clientIpHeader: textLike(/^[!#$%&'*+.^_`|~\w-]+$/, "a header's name"),
  collector: collectorRule,
  deliver: yesOrNo,
  concurrency: count,
  maxAttempts: count,
  backoff: group({ base: milliseconds, cap: milliseconds }),
  transport: aFunction,
  now: aFunction,
  elapsed: aFunction,
  random: aFunction,
} satisfies Record<keyof TrackerOptions, Rule>;

/** Every option, checked and with its default. */
export interface Settings extends Required<Omit<TrackerOptions, "journal">> {
  journal?: Journal;
  collector: CollectorSettings;
}

/** Throws `invalid_option`. */
export function readTrackerOptions(options: TrackerOptions): Settings {
  checkOptions("createTracker", options, rules);
  const { destinations } = options;
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
    journal: options.journal,
    trustProxy: options.trustProxy ?? [],
    clientIpHeader: (options.clientIpHeader ?? "x-forwarded-for").toLowerCase(),
    collector: readCollectorOptions(options.collector),
    deliver: options.deliver ?? true,
    concurrency: options.concurrency ?? 4,
    maxAttempts: options.maxAttempts ?? 10,
    backoff: options.backoff ?? { base: 1_000, cap: 300_000 },
    transport: options.transport ?? kyTransport(),
    now: options.now ?? Date.now,
    elapsed: options.elapsed ?? (() => performance.now()),
    random: options.random ?? Math.random,
  };
}
