import { checkOptions, type Rule } from "@beaconry/core/internal";
import { type Accounts, createAccounts } from "./accounts.js";
import { createBusinessApi } from "./api.js";
import { accessTokenRule, type BusinessCallOptions, callRules, readCallOptions } from "./options.js";

/** Options of {@link tiktokBusiness}. */
export interface TikTokBusinessOptions extends BusinessCallOptions {
  /** From `tiktokOAuth`, or a function that gives it, asked for each call. Stays on the server. */
  accessToken: string | (() => string | Promise<string>);
}

/** A client of TikTok's Business API. Calls reject with `TikTokBusinessError`. */
export interface TikTokBusiness {
  readonly accounts: Accounts;
}

const rules = { ...callRules, accessToken: accessTokenRule } satisfies Record<keyof TikTokBusinessOptions, Rule>;

/** TikTok's Business API for ad accounts, audiences and leads. Throws `invalid_option`. */
export function tiktokBusiness(options: TikTokBusinessOptions): TikTokBusiness {
  checkOptions("tiktokBusiness", options, rules);
  const { accessToken } = options;
  const api = createBusinessApi({
    ...readCallOptions(options),
    accessToken: typeof accessToken === "function" ? accessToken : () => accessToken,
    secrets: typeof accessToken === "string" ? [accessToken] : [],
  });
  return { accounts: createAccounts(api) };
}
