import { aFunction, anyText, checkOptions, listOf, numberFrom, type Rule, wholeFrom } from "@beaconry/core/internal";

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** TCP port on 127.0.0.1. Default: 0, any free one. */
  readonly port?: number;
  /** Access tokens both vendors refuse as wrong: TikTok 40105, Meta 190. Default: none. */
  readonly badTokens?: readonly string[];
  /** Access tokens both vendors refuse as expired: TikTok 40102, Meta 190 with subcode 463. Default: none. */
  readonly expiredTokens?: readonly string[];
  /** How many events are kept; older ones are let go. Default: 50,000. */
  readonly maxEvents?: number;
  /** How many requests are kept (and at most 64 MiB of their bodies); older ones are let go. Default: 5,000. */
  readonly maxRequests?: number;
  /** The clock: Unix milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

const tokens = listOf(anyText, "a list of texts");
const count = wholeFrom(1);

const rules = {
  port: numberFrom(0, 65_535),
  badTokens: tokens,
  expiredTokens: tokens,
  maxEvents: count,
  maxRequests: count,
  now: aFunction,
} satisfies Record<keyof SandboxOptions, Rule>;

/** Every option with its default filled in. Throws `invalid_option`. */
export function normalizeOptions(options: SandboxOptions): Required<SandboxOptions> {
  checkOptions("createSandbox", options, rules);
  return {
    port: options.port ?? 0,
    badTokens: options.badTokens ?? [],
    expiredTokens: options.expiredTokens ?? [],
    maxEvents: options.maxEvents ?? 50_000,
    maxRequests: options.maxRequests ?? 5_000,
    now: options.now ?? Date.now,
  };
}
