import { BeaconryError } from "@beaconry/core";
import { aFunction, group, listOf, type Rule, someText, textLike, wholeFrom } from "@beaconry/core/internal";
import { longestTimer } from "../longest-timer.js";

/** What a collector takes, from whom, and what it sets. */
export interface CollectorOptions {
  /**
   * Origins of the pages that may send, such as `https://shop.example`. The collector's own host always may.
   * Default: none but that.
   */
  origins?: readonly string[];
  /** Largest body, bytes. Default 262,144. */
  maxBytes?: number;
  /** Most events in a body. Default 100. */
  maxEvents?: number;
  /** Most levels of JSON in an event's properties. Default 6. */
  maxDepth?: number;
  /** The body must have come by then, ms. Default 10,000. */
  bodyTimeout?: number;
  /**
   * Whether a robot asks, by the user agent: its events are dropped, and counted as `bot`.
   * `isBot` of `@beaconry/server/bots` knows thousands. Default: nobody is a robot.
   */
  isBot?: (userAgent: string | undefined) => boolean;
  /** Sets `_fbp`, `_fbc` and `ttclid` by the answer. Default: sets none. */
  cookies?: CookieOptions;
}

/** Cookies that the collector sets. */
export interface CookieOptions {
  /**
   * The domain that the shop's pages and the collector share, such as `shop.example`, for its subdomains too. Where
   * the vendors' scripts run, name the one they write for, which is the widest. Default: the collector's own host
   * alone.
   */
  domain?: string;
}

/** Every option with its default; `isBot` and `cookies` have none. */
export type CollectorSettings = Required<Omit<CollectorOptions, "isBot" | "cookies">> &
  Pick<CollectorOptions, "isBot" | "cookies">;

const count = wholeFrom(1);
/** Two labels at least: a browser keeps no cookie of a top-level domain. No address, which has no subdomains. */
const domainName = textLike(
  /^(?=.{3,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i,
  "a domain such as shop.example",
);

/** What the options have to be. */
export const collectorRule: Rule = group({
  origins: listOf(someText, "a list of origins"),
  maxBytes: count,
  maxEvents: count,
  maxDepth: count,
  bodyTimeout: count,
  isBot: aFunction,
  cookies: group({ domain: domainName } satisfies Record<keyof CookieOptions, Rule>),
} satisfies Record<keyof CollectorOptions, Rule>);

/** Fills in the defaults. Throws `invalid_option` for what is no origin: it would never match what browsers send. */
export function readCollectorOptions(options: CollectorOptions = {}): CollectorSettings {
  return {
    origins: (options.origins ?? []).map(readOrigin),
    maxBytes: options.maxBytes ?? 262_144,
    maxEvents: options.maxEvents ?? 100,
    maxDepth: options.maxDepth ?? 6,
    bodyTimeout: Math.min(options.bodyTimeout ?? 10_000, longestTimer),
    isBot: options.isBot,
    cookies: options.cookies && { domain: options.cookies.domain?.toLowerCase() },
  };
}

/** As browsers write it (https://url.spec.whatwg.org/#origin): lower case, no default port, no slash at the end. */
function readOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isBare = url?.pathname === "/" && `${url.search}${url.hash}${url.username}${url.password}` === "";
  if (url && url.origin !== "null" && isBare) return url.origin;
  // The origins of apps' web views, such as `capacitor://localhost`, are none to `URL` but are sent as they are.
  if (url?.origin === "null" && /^[a-z][a-z\d+.-]*:\/\/[\w.-]+$/i.test(given)) return given;
  throw new BeaconryError(
    "invalid_option",
    "createTracker: collector.origins has an entry that is none, accepted are origins such as https://shop.example",
  );
}
