import { randomInt } from "node:crypto";
import {
  aFunction,
  anyText,
  checkOptions,
  listOf,
  numberFrom,
  type Rule,
  someText,
  textLike,
  wholeFrom,
} from "@beaconry/core/internal";

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** TCP port on 127.0.0.1. Default: 0, any free one. */
  readonly port?: number;
  /** Access tokens both vendors refuse as wrong: TikTok 40105, Meta 190. Default: none. */
  readonly badTokens?: readonly string[];
  /** Access tokens both vendors refuse as expired: TikTok 40102, Meta 190 with subcode 463. Default: none. */
  readonly expiredTokens?: readonly string[];
  /**
   * The app secret by which every call to Meta's Conversions API must be proved, as when an app demands
   * `appsecret_proof`. Default: none; a proof is not asked for, and one that is sent can only be wrong by its form.
   */
  readonly appSecret?: string;
  /**
   * Ids of apps of a measurement partner, whose App Events calls are answered with an attribution claim: by a click when the
   * request has `click_id`, `campaign_ids` or `meta_install_referrer`, else by a view when it has `consider_views`, else by
   * none. Default: none.
   */
  readonly mmpApps?: readonly string[];
  /** How many events are kept; older ones are let go. Default: 50,000. */
  readonly maxEvents?: number;
  /** How many requests are kept (and at most 64 MiB of their bodies); older ones are let go. Default: 5,000. */
  readonly maxRequests?: number;
  /** A whole number that decides what is drawn by chance: see {@link Faults}. Default: another one each time. */
  readonly seed?: number;
  /** How long TikTok processes an audience after each change, ms by `now`. Default: 2,000. */
  readonly audienceDelay?: number;
  /**
   * The clock: Unix milliseconds. Ages, deduplication and TikTok's limit of 1,000 calls a second go by it, so one that stands
   * still meets that limit at the 1,001st call until `reset`. Default: `Date.now`.
   */
  readonly now?: () => number;
}

const tokens = listOf(anyText, "a list of texts");
const count = wholeFrom(1);

const rules = {
  port: numberFrom(0, 65_535),
  badTokens: tokens,
  expiredTokens: tokens,
  appSecret: someText,
  mmpApps: listOf(textLike(/^\d+$/, "digits"), "a list of app ids, texts of digits"),
  maxEvents: count,
  maxRequests: count,
  seed: wholeFrom(0),
  audienceDelay: wholeFrom(0),
  now: aFunction,
} satisfies Record<keyof SandboxOptions, Rule>;

type Normalized = Required<Omit<SandboxOptions, "appSecret">> & { readonly appSecret: string | undefined };

/** Every option with its default filled in. Throws `invalid_option`. */
export function normalizeOptions(options: SandboxOptions): Normalized {
  checkOptions("createSandbox", options, rules);
  return {
    port: options.port ?? 0,
    badTokens: options.badTokens ?? [],
    expiredTokens: options.expiredTokens ?? [],
    appSecret: options.appSecret,
    mmpApps: options.mmpApps ?? [],
    maxEvents: options.maxEvents ?? 50_000,
    maxRequests: options.maxRequests ?? 5_000,
    seed: options.seed ?? randomInt(2 ** 32),
    audienceDelay: options.audienceDelay ?? 2_000,
    now: options.now ?? Date.now,
  };
}
