import type { Source } from "@beaconry/core";
import { checkOptions, listOf, maxEventAge, oneOf, type Rule, required, textLike } from "@beaconry/core/internal";
import { toConversion } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import type { VendorRequest } from "../http.js";
import { appSecretProof } from "./app-secret-proof.js";
import { apiUrl, baseUrlRule } from "./base-url.js";
import { credential } from "./credential.js";
import type { Destination } from "./destination.js";
import { metaVerdict } from "./meta-codes.js";
import { type TestEventCode, testCodeOf, testEventCodeRule } from "./test-event-code.js";
import { toJson } from "./to-json.js";

/** Options of {@link metaConversions}. */
export interface MetaConversionsOptions {
  /** The dataset, which is the pixel's id too. */
  datasetId: string;
  /** A system user's token or one from Events Manager. Stays on the server. */
  accessToken: string;
  /**
   * The secret of the app that the token is of. With it every request carries `appsecret_proof`, which apps with
   * "Require App Secret" ask for. Default: none. Stays on the server.
   */
  appSecret?: string;
  /**
   * Which events go here. Default: every source but `app`, whose events `metaAppEvents` takes; name `app` here to send
   * them by this API instead, and leave that destination out: the two use other names, so Meta would count twice.
   */
  sources?: readonly Source[];
  /**
   * Shows events under "Test events" in Events Manager: all of them, or those for which a function gives a code. They
   * count all the same.
   */
  testEventCode?: TestEventCode;
  /** Graph API version. Default `v26.0`. */
  version?: string;
  /** Where the API is. Default `https://graph.facebook.com`. */
  baseUrl?: string;
}

const allButApp: readonly Source[] = ["web", "store", "crm", "email", "phone_call", "chat", "messaging", "other"];

const rules = {
  datasetId: required(credential),
  accessToken: required(credential),
  appSecret: credential,
  sources: listOf(oneOf(...allButApp, "app"), `a list of ${allButApp.join(", ")}, app`),
  testEventCode: testEventCodeRule,
  version: textLike(/^v\d+\.\d+$/, "a version such as v26.0"),
  baseUrl: baseUrlRule,
} satisfies Record<keyof MetaConversionsOptions, Rule>;

/** Meta's Conversions API: 1,000 events a request. Throws `invalid_option`. */
export function metaConversions(options: MetaConversionsOptions): Destination {
  checkOptions("metaConversions", options, rules);
  const { accessToken, appSecret, datasetId, sources = allButApp, testEventCode } = options;
  const { baseUrl = "https://graph.facebook.com", version = "v26.0" } = options;
  const url = apiUrl(baseUrl, version, datasetId, "events");
  const proof = appSecret === undefined ? undefined : appSecretProof(accessToken, appSecret);
  const secrets = [accessToken, ...(appSecret === undefined ? [] : [appSecret])];

  function toRequest(testCode: string, bodies: readonly string[], proven?: string): VendorRequest {
    const more = { test_event_code: testCode || undefined, appsecret_proof: proven };
    const rest = JSON.stringify(more).slice(1);
    return {
      url,
      // In the header, so that the token is in no URL that a proxy logs.
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${accessToken}` },
      body: `{"data":[${bodies.join(",")}]${rest === "}" ? "" : ","}${rest}`,
    };
  }

  return {
    name: "meta",
    vendor: "meta",
    maxBatch: 1_000,
    accepts: ({ context }) => sources.includes(context.source),
    maxAge: ({ context }) => maxEventAge("meta", context.source),
    build(event) {
      const { body, issues } = toConversion(event, { parsePhone });
      if (!body) return { issues };
      return { body: { group: testCodeOf(testEventCode, event), body: toJson(body) }, issues };
    },
    request: (testCode, bodies) =>
      proof ? proof().then((proven) => toRequest(testCode, bodies, proven)) : toRequest(testCode, bodies),
    verdict: (answer) => metaVerdict(answer, secrets),
  };
}
