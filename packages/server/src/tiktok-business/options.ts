import { setTimeout as sleep } from "node:timers/promises";
import {
  aFunction,
  anyOf,
  type Backoff,
  group,
  numberFrom,
  type Rule,
  required,
  someText,
  wholeFrom,
} from "@beaconry/core/internal";
import { baseUrlRule } from "../destinations/base-url.js";
import { longestTimer } from "../longest-timer.js";
import type { BusinessApiParts } from "./api.js";

/** Options that every client of TikTok's Business API has. */
export interface BusinessCallOptions {
  /** Where the API is. Default `https://business-api.tiktok.com`. */
  baseUrl?: string;
  /** Requests a second to one endpoint; what TikTok allows goes by the level of your app. Default 10, the lowest. */
  callsPerSecond?: number;
  /** Attempts of a call, the first included. Default 6. */
  attempts?: number;
  /** Wait between attempts. Default from 1 second doubling up to 1 minute, a random part of it. */
  backoff?: Backoff;
  /** Longest time for one attempt, ms. Default 30,000. */
  timeout?: number;
  /** Longest time for one attempt to upload or download a file, ms. Default 10 minutes. */
  transferTimeout?: number;
  /** The clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
  /** A clock that is never set, ms. Default `performance.now`. */
  elapsed?: () => number;
  /** Waits so many milliseconds. Default `setTimeout`. */
  sleep?: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

const milliseconds = required(numberFrom(0, Number.MAX_SAFE_INTEGER, "milliseconds"));

/** The rules of {@link BusinessCallOptions}. */
export const callRules = {
  baseUrl: baseUrlRule,
  callsPerSecond: numberFrom(0.01, 50_000),
  attempts: wholeFrom(1),
  backoff: group({ base: milliseconds, cap: milliseconds }),
  timeout: wholeFrom(1),
  transferTimeout: wholeFrom(1),
  now: aFunction,
  elapsed: aFunction,
  sleep: aFunction,
  random: aFunction,
} satisfies Record<keyof BusinessCallOptions, Rule>;

/** An access token, or what gives it: asked for each call. */
export const accessTokenRule: Rule = required(anyOf("a text that is not empty, or a function", someText, aFunction));

/** Every option with its default. */
export function readCallOptions(
  options: BusinessCallOptions,
): Omit<BusinessApiParts, "accessToken" | "secrets" | "headers"> & { readonly baseUrl: string } {
  return {
    baseUrl: options.baseUrl ?? "https://business-api.tiktok.com",
    callsPerSecond: options.callsPerSecond ?? 10,
    attempts: options.attempts ?? 6,
    backoff: options.backoff ?? { base: 1_000, cap: 60_000 },
    timeout: Math.min(options.timeout ?? 30_000, longestTimer),
    transferTimeout: Math.min(options.transferTimeout ?? 600_000, longestTimer),
    now: options.now ?? Date.now,
    elapsed: options.elapsed ?? (() => performance.now()),
    sleep: options.sleep ?? ((time) => sleep(time)),
    random: options.random ?? Math.random,
  };
}
