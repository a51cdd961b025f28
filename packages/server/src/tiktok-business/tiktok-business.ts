import { checkOptions, group, type Rule, required, someText } from "@beaconry/core/internal";
import { type Accounts, createAccounts } from "./accounts.js";
import { createBusinessApi } from "./api.js";
import { type Audiences, createAudiences } from "./audiences/audiences.js";
import { createLeads, type Leads, leadRegions } from "./leads/leads.js";
import { type BusinessApp, createSubscriptions, type Subscriptions } from "./leads/subscriptions.js";
import { accessTokenRule, type BusinessCallOptions, callRules, readCallOptions } from "./options.js";

/** Options of {@link tiktokBusiness}. */
export interface TikTokBusinessOptions extends BusinessCallOptions {
  /** From `tiktokOAuth`, or a function that gives it, asked for each call. Stays on the server. */
  accessToken: string | (() => string | Promise<string>);
  /** Your app at TikTok for Business; only `subscriptions` need it. */
  app?: BusinessApp;
}

/** A client of TikTok's Business API. Calls reject with `TikTokBusinessError`. */
export interface TikTokBusiness {
  readonly accounts: Accounts;
  readonly audiences: Audiences;
  readonly leads: Leads;
  readonly subscriptions: Subscriptions;
}

const rules = {
  ...callRules,
  accessToken: accessTokenRule,
  app: group({ id: required(someText), secret: required(someText) } satisfies Record<keyof BusinessApp, Rule>),
} satisfies Record<keyof TikTokBusinessOptions, Rule>;

/** TikTok's Business API for ad accounts, audiences and leads. Throws `invalid_option`. */
export function tiktokBusiness(options: TikTokBusinessOptions): TikTokBusiness {
  checkOptions("tiktokBusiness", options, rules);
  const { app } = options;
  const token = options.accessToken;
  const accessToken = typeof token === "function" ? token : () => token;
  const secrets = [token, app?.secret].filter((secret) => typeof secret === "string");
  const parts = { ...readCallOptions(options), accessToken, secrets };
  const api = createBusinessApi(parts);
  const ofRegions = new Map(
    leadRegions.map((region) => [region, createBusinessApi({ ...parts, headers: { "x-lead-region": region } })]),
  );
  return {
    accounts: createAccounts(api),
    audiences: createAudiences(api),
    leads: createLeads({ ...parts, apiOf: (region) => (region && ofRegions.get(region)) ?? api }),
    subscriptions: createSubscriptions(api, accessToken, app),
  };
}
