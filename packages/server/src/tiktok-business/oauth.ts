import { BeaconryError } from "@beaconry/core";
import { checkOptions, type Rule, required, someText } from "@beaconry/core/internal";
import { createBusinessApi } from "./api.js";
import { type BusinessCallOptions, callRules, readCallOptions } from "./options.js";
import { scopeNames } from "./scopes.js";
import type { BusinessToken } from "./token-store.js";

/** Options of {@link tiktokOAuth}. */
export interface TikTokOAuthOptions extends BusinessCallOptions {
  /** The id and the secret of your app at TikTok for Business. The secret stays on the server. */
  appId: string;
  secret: string;
  /** Where TikTok sends people back to: one of those registered with the app. */
  redirectUri: string;
}

/** An account of the person who signed in. */
export interface AccountName {
  readonly id: string;
  readonly name: string;
}

/** Signing in at TikTok for Business. */
export interface TikTokOAuth {
  /**
   * Where to send the person.
   * @param state unguessable and of this sign-in: whoever comes back without it was sent by somebody else
   */
  authorizeUrl(state: string): string;
  /**
   * Reads the address to which TikTok sent the person back and gives the code in it. Throws `invalid_option` when the
   * state is another one or there is no code.
   */
  readRedirect(url: string, state: string): string;
  /** Changes the code, which serves once and within the hour, into a token. */
  exchange(code: string): Promise<BusinessToken>;
  /** Ends the token, and with it every subscription that it made. */
  revoke(accessToken: string): Promise<void>;
  /** The accounts that the token reaches. */
  accounts(accessToken: string): Promise<readonly AccountName[]>;
}

const rules = {
  ...callRules,
  appId: required(someText),
  secret: required(someText),
  redirectUri: required({ takes: "an address", fits: (value) => typeof value === "string" && URL.canParse(value) }),
} satisfies Record<keyof TikTokOAuthOptions, Rule>;

interface TokenData {
  readonly access_token?: string;
  readonly advertiser_ids?: readonly (string | number)[];
  readonly scope?: readonly (string | number)[];
}

interface AccountsData {
  readonly list?: readonly { readonly advertiser_id: string | number; readonly advertiser_name?: string }[];
}

/**
 * Signs people in at TikTok for Business, for their ad accounts. Throws `invalid_option`; calls reject with
 * `TikTokBusinessError`. TikTok Business API, "Authentication".
 */
export function tiktokOAuth(options: TikTokOAuthOptions): TikTokOAuth {
  checkOptions("tiktokOAuth", options, rules);
  const { appId, secret, redirectUri } = options;
  const call = readCallOptions(options);
  const app = { app_id: appId, secret };
  const withToken = (accessToken: string) =>
    createBusinessApi({ ...call, accessToken: () => accessToken, secrets: [secret, accessToken] });

  return {
    authorizeUrl(state) {
      const url = new URL("portal/auth", `${call.baseUrl.replace(/\/+$/, "")}/`);
      url.search = String(new URLSearchParams({ app_id: appId, state, redirect_uri: redirectUri }));
      return url.href;
    },
    readRedirect(url, state) {
      const parameters = new URL(url, redirectUri).searchParams;
      if (state === "" || parameters.get("state") !== state) {
        throw new BeaconryError("invalid_option", "state is not the one of this sign-in: start it again");
      }
      const code = parameters.get("auth_code");
      if (!code) throw new BeaconryError("invalid_option", "auth_code is missing: the access was not given");
      return code;
    },
    async exchange(code) {
      const api = createBusinessApi({ ...call, secrets: [secret, code] });
      const data = await api.post<TokenData>("/oauth2/access_token/", { ...app, auth_code: code });
      if (!data.access_token) throw new BeaconryError("invalid_option", "TikTok's answer has no access_token");
      return {
        accessToken: data.access_token,
        advertiserIds: (data.advertiser_ids ?? []).map(String),
        scopes: scopeNames(data.scope ?? []),
        obtainedAt: call.now(),
      };
    },
    async revoke(accessToken) {
      const body = { ...app, access_token: accessToken };
      await withToken(accessToken).post("/oauth2/revoke_token/", body, { repeatable: true });
    },
    async accounts(accessToken) {
      const { list = [] } = await withToken(accessToken).get<AccountsData>("/oauth2/advertiser/get/", app);
      return list.map(({ advertiser_id, advertiser_name = "" }) => ({
        id: String(advertiser_id),
        name: advertiser_name,
      }));
    },
  };
}
