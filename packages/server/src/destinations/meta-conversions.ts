import type { Source } from "@beaconry/core";
import {
  checkOptions,
  listOf,
  maxEventAge,
  oneOf,
  type Rule,
  required,
  someText,
  textLike,
} from "@beaconry/core/internal";
import { toConversion } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import { baseUrlRule } from "./base-url.js";
import type { Destination } from "./destination.js";
import { metaVerdict } from "./meta-codes.js";

/** Options of {@link metaConversions}. */
export interface MetaConversionsOptions {
  /** The dataset, which is the pixel's id too. */
  datasetId: string;
  /** A system user's token or one from Events Manager. Stays on the server. */
  accessToken: string;
  /**
   * Which events go here. Default: every source but `app`, whose events `metaAppEvents` takes; name `app` here to send
   * them by this API instead, and leave that destination out: the two use other names, so Meta would count twice.
   */
  sources?: readonly Source[];
  /** Shows the events under "Test events" in Events Manager; they count all the same. Not for production. */
  testEventCode?: string;
  /** Graph API version. Default `v26.0`. */
  version?: string;
  /** Where the API is. Default `https://graph.facebook.com`. */
  baseUrl?: string;
}

const allButApp: readonly Source[] = ["web", "store", "crm", "email", "phone_call", "chat", "messaging", "other"];

const rules = {
  datasetId: required(someText),
  accessToken: required(someText),
  sources: listOf(oneOf(...allButApp, "app"), `a list of ${allButApp.join(", ")}, app`),
  testEventCode: someText,
  version: textLike(/^v\d+\.\d+$/, "a version such as v26.0"),
  baseUrl: baseUrlRule,
} satisfies Record<keyof MetaConversionsOptions, Rule>;

/** Meta's Conversions API: 1,000 events a request. Throws `invalid_option`. */
export function metaConversions(options: MetaConversionsOptions): Destination {
  checkOptions("metaConversions", options, rules);
  const { accessToken, datasetId, sources = allButApp, testEventCode } = options;
  const { baseUrl = "https://graph.facebook.com", version = "v26.0" } = options;

  return {
    name: "meta",
    vendor: "meta",
    maxBatch: 1_000,
    accepts: ({ context }) => sources.includes(context.source),
    maxAge: ({ context }) => maxEventAge("meta", context.source),
    build(event) {
      const { body, issues } = toConversion(event, { parsePhone });
      return body ? { body: { group: "", body: JSON.stringify(body) }, issues } : { issues };
    },
    request: (_, bodies) => ({
      url: new URL(`/${version}/${datasetId}/events`, baseUrl).href,
      // In the header, so that the token is in no URL that a proxy logs.
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${accessToken}` },
      body: `{"data":[${bodies.join(",")}]${testEventCode ? `,"test_event_code":${JSON.stringify(testEventCode)}` : ""}}`,
    }),
    verdict: metaVerdict,
  };
}
