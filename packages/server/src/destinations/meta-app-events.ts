import { checkOptions, maxEventAge, type Rule, required, someText, textLike } from "@beaconry/core/internal";
import { type AppEvent, toAppEvents } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import { baseUrlRule } from "./base-url.js";
import type { Destination } from "./destination.js";
import { metaVerdict } from "./meta-codes.js";

/** Options of {@link metaAppEvents}. */
export interface MetaAppEventsOptions {
  appId: string;
  /** With the app's id it is the app access token. Stays on the server. */
  appSecret: string;
  /** Graph API version. Default `v26.0`. */
  version?: string;
  /** Where the API is. Default `https://graph.facebook.com`. */
  baseUrl?: string;
}

const rules = {
  appId: required(someText),
  appSecret: required(someText),
  version: textLike(/^v\d+\.\d+$/, "a version such as v26.0"),
  baseUrl: baseUrlRule,
} satisfies Record<keyof MetaAppEventsOptions, Rule>;

/** What all events of a request share: the device's fields and its address. */
type Device = Pick<AppEvent, "device" | "forwardedFor">;

/**
 * Meta's App Events API: one device a request, its address as `X-Forwarded-For`. Meta develops it no further, but it
 * is what apps have; `metaConversions` takes app events too. Throws `invalid_option`.
 */
export function metaAppEvents(options: MetaAppEventsOptions): Destination {
  checkOptions("metaAppEvents", options, rules);
  const { appId, appSecret, baseUrl = "https://graph.facebook.com", version = "v26.0" } = options;

  return {
    name: "meta-app",
    vendor: "meta",
    // No limit is documented; Meta's own SDKs send about a hundred.
    maxBatch: 100,
    accepts: ({ context }) => context.source === "app",
    maxAge: ({ context }) => maxEventAge("meta", context.source),
    build(event) {
      const { body, issues } = toAppEvents(event, { parsePhone });
      if (!body) return { issues };
      const shared: Device = { device: body.device, forwardedFor: body.forwardedFor };
      return { body: { group: JSON.stringify(shared), body: JSON.stringify(body.customEvent ?? null) }, issues };
    },
    request(group, bodies) {
      const { device, forwardedFor } = JSON.parse(group) as Device;
      const form = new URLSearchParams(device);
      if (device.event === "CUSTOM_APP_EVENTS") form.set("custom_events", `[${bodies.join(",")}]`);
      // Documented as a parameter only; in the body, so that the token is in no URL that a proxy logs.
      form.set("access_token", `${appId}|${appSecret}`);
      return {
        url: new URL(`/${version}/${appId}/activities`, baseUrl).href,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": forwardedFor },
        body: form.toString(),
      };
    },
    verdict: metaVerdict,
  };
}
