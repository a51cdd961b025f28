import { BeaconryError } from "@beaconry/core";

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

type Check = readonly [fits: (value: unknown) => boolean, takes: string];

const isTokenList = (value: unknown) => Array.isArray(value) && value.every((token) => typeof token === "string");
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 1;

const checks: Readonly<Record<keyof SandboxOptions, Check>> = {
  port: [(value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535, "a port, 0 to 65535"],
  badTokens: [isTokenList, "a list of strings"],
  expiredTokens: [isTokenList, "a list of strings"],
  maxEvents: [isCount, "a whole number from 1"],
  maxRequests: [isCount, "a whole number from 1"],
  now: [(value) => typeof value === "function", "a function"],
};

/** Every option with its default filled in; throws a BeaconryError that names a wrong or unknown one. */
export function normalizeOptions(options: SandboxOptions): Required<SandboxOptions> {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw new BeaconryError(
        "invalid_option",
        `createSandbox: unknown option "${name}"; it takes ${Object.keys(checks).join(", ")}`,
      );
    }
    const [fits, takes] = checks[name as keyof SandboxOptions];
    if (value !== undefined && !fits(value)) {
      // Only numbers are shown: a token must not get into a message.
      const got = typeof value === "number" ? String(value) : `a ${typeof value}`;
      throw new BeaconryError("invalid_option", `createSandbox: option "${name}" takes ${takes}, not ${got}`);
    }
  }
  return {
    port: options.port ?? 0,
    badTokens: options.badTokens ?? [],
    expiredTokens: options.expiredTokens ?? [],
    maxEvents: options.maxEvents ?? 50_000,
    maxRequests: options.maxRequests ?? 5_000,
    now: options.now ?? Date.now,
  };
}
