import { checkOptions, maxEventAge, type Rule, required, textLike, wholeFrom, yesOrNo } from "@beaconry/core/internal";
import { type AppEvent, readAppEventsAnswer, toAppEvents } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import type { VendorAnswer } from "../http.js";
import { apiUrl, baseUrlRule } from "./base-url.js";
import { credential } from "./credential.js";
import type { Destination, Verdict } from "./destination.js";
import { createEventNames, maxEventNames } from "./event-names.js";
import { jsonAnswer } from "./json-answer.js";
import { metaVerdict } from "./meta-codes.js";
import { toJson } from "./to-json.js";

/** Options of {@link metaAppEvents}. */
export interface MetaAppEventsOptions {
  appId: string;
  /** With the app's id it is the app access token. Stays on the server. */
  appSecret: string;
  /** Requests under way at once. Default 32: each carries one device, so that it takes many. */
  concurrency?: number;
  /** Measurement partners: whether an install after an impression without a click is claimed too. Default `false`. */
  considerViews?: boolean;
  /** Measurement partners: claims with dwell data. Default `false`. */
  includeDwellData?: boolean;
  /** Measurement partners: claims with video data. Default `false`. */
  includeVideoData?: boolean;
  /** Graph API version. Default `v26.0`. */
  version?: string;
  /** Where the API is. Default `https://graph.facebook.com`. */
  baseUrl?: string;
}

const rules = {
  appId: required(credential),
  appSecret: required(credential),
  concurrency: wholeFrom(1),
  considerViews: yesOrNo,
  includeDwellData: yesOrNo,
  includeVideoData: yesOrNo,
  version: textLike(/^v\d+\.\d+$/, "a version such as v26.0"),
  baseUrl: baseUrlRule,
} satisfies Record<keyof MetaAppEventsOptions, Rule>;

/** What all events of a request share: the device's fields and its address. */
type Device = Pick<AppEvent, "device" | "forwardedFor">;

/**
 * Meta's App Events API: one device a request, its address as `X-Forwarded-For`. Meta develops it no further, but it
 * is what apps have; `metaConversions` takes app events too. Throws `invalid_option`.
 *
 * An install goes once a device, for ever; the 1,000 event names that an app may have are watched.
 */
export function metaAppEvents(options: MetaAppEventsOptions): Destination {
  checkOptions("metaAppEvents", options, rules);
  const { appId, appSecret, baseUrl = "https://graph.facebook.com", version = "v26.0", concurrency = 32 } = options;
  const { considerViews = false, includeDwellData = false, includeVideoData = false } = options;
  const wireOptions = { parsePhone, considerViews, includeDwellData, includeVideoData };
  const url = apiUrl(baseUrl, version, appId, "activities");
  // Documented as a parameter only; in the body, so that the token is in no URL that a proxy logs.
  const token = `access_token=${encodeURIComponent(`${appId}|${appSecret}`)}`;
  let warn: (detail: string) => void = () => undefined;
  const names = createEventNames((detail) => warn(detail));

  return {
    name: "meta-app",
    vendor: "meta",
    // No limit is documented; Meta's own SDKs send about a hundred.
    maxBatch: 100,
    concurrency,
    onWarning(tell) {
      warn = tell;
    },
    onShared(share) {
      names.follow((used) => share(`event names of app ${appId}`, used, maxEventNames));
    },
    accepts: ({ context }) => context.source === "app",
    maxAge: ({ context }) => maxEventAge("meta", context.source),
    build(event) {
      const { body, issues } = toAppEvents(event, wireOptions);
      if (!body) return { issues };
      const { device, forwardedFor, customEvent } = body;
      const once = customEvent ? undefined : installKey(appId, device);
      const found = customEvent ? names.use(String(customEvent._eventName)) : [];
      const all = [...issues, ...found];
      if (found.some(({ severity }) => severity === "error")) return { issues: all };
      const group = JSON.stringify({ device, forwardedFor } satisfies Device);
      return { body: { group, body: toJson(customEvent ?? null), ...(once && { once }) }, issues: all };
    },
    request(group, bodies) {
      const { device, forwardedFor } = JSON.parse(group) as Device;
      let form = "";
      for (const name in device) form += `${name}=${encodeURIComponent((device[name] ?? "").toWellFormed())}&`;
      if (device.event === "CUSTOM_APP_EVENTS") {
        form += `custom_events=${encodeURIComponent(`[${bodies.join(",")}]`)}&`;
      }
      return {
        url,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": forwardedFor },
        body: form + token,
      };
    },
    verdict: (answer) => withClaim(metaVerdict(answer, [appSecret]), answer),
  };
}

/** The device by its advertising id, else by the id of this installation; without both nothing tells devices apart. */
function installKey(appId: string, { advertiser_id, anon_id }: Record<string, string>): string | undefined {
  // All zeros is what a system gives for every device whose owner allows no tracking.
  const id = advertiser_id && /[^0-]/.test(advertiser_id) ? advertiser_id : anon_id;
  return id === undefined ? undefined : JSON.stringify(["install", appId, id.toLowerCase()]);
}

/** Apps of measurement partners are told which advertisement led to the event. */
function withClaim(verdict: Verdict, { body }: VendorAnswer): Verdict {
  if (verdict.kind !== "delivered" || !body.includes('"is_fb"')) return verdict;
  const answer = readAppEventsAnswer(jsonAnswer(body));
  return answer && "isFb" in answer ? { ...verdict, claim: answer } : verdict;
}
