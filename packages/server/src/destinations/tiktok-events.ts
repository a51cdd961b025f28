import { BeaconryError, type TrackedEvent } from "@beaconry/core";
import { checkOptions, maxEventAge, type Rule, required } from "@beaconry/core/internal";
import { parsePhone } from "@beaconry/core/phone";
import { type TikTokSource, toTikTokEvent, toTikTokSource } from "@beaconry/core/tiktok";
import { apiUrl, baseUrlRule } from "./base-url.js";
import { credential } from "./credential.js";
import type { Destination } from "./destination.js";
import { type TestEventCode, testCodeOf, testEventCodeRule } from "./test-event-code.js";
import { tiktokVerdict } from "./tiktok-codes.js";
import { toJson } from "./to-json.js";

/** Options of {@link tiktokEvents}. At least one of the four event sources is needed. */
export interface TikTokEventsOptions {
  /** Token from TikTok Events Manager. Stays on the server. */
  accessToken: string;
  /** Web events go to this pixel. */
  pixelCode?: string;
  /** App events go to this TikTok app id. TikTok takes them here only from advertisers on its allow-list. */
  appId?: string;
  /** Store events go to this offline event set. */
  offlineEventSetId?: string;
  /** CRM events go to this CRM event set. */
  crmEventSetId?: string;
  /** Shows events under "Test events" in Events Manager: all of them, or those for which a function gives a code. */
  testEventCode?: TestEventCode;
  /** Where the API is. Default `https://business-api.tiktok.com`. */
  baseUrl?: string;
}

const rules = {
  accessToken: required(credential),
  pixelCode: credential,
  appId: credential,
  offlineEventSetId: credential,
  crmEventSetId: credential,
  testEventCode: testEventCodeRule,
  baseUrl: baseUrlRule,
} satisfies Record<keyof TikTokEventsOptions, Rule>;

/** TikTok's Events API 2.0: web, app, store and CRM events, 1,000 a request. Throws `invalid_option`. */
export function tiktokEvents(options: TikTokEventsOptions): Destination {
  checkOptions("tiktokEvents", options, rules);
  const { accessToken, baseUrl = "https://business-api.tiktok.com", testEventCode } = options;
  const sourceIds: Partial<Record<TikTokSource, string>> = {
    web: options.pixelCode,
    app: options.appId,
    offline: options.offlineEventSetId,
    crm: options.crmEventSetId,
  };
  if (!Object.values(sourceIds).some(Boolean)) {
    const accepted = "pixelCode, appId, offlineEventSetId or crmEventSetId";
    throw new BeaconryError(
      "invalid_option",
      `tiktokEvents: no event source is given, accepted is at least ${accepted}`,
    );
  }
  // Without the trailing slash TikTok answers 404.
  const url = apiUrl(baseUrl, "open_api", "v1.3", "event", "track", "");

  return {
    name: "tiktok",
    vendor: "tiktok",
    maxBatch: 1_000,
    accepts({ context }) {
      const source = toTikTokSource(context.source);
      return source !== undefined && sourceIds[source] !== undefined;
    },
    maxAge: ({ context }) => maxEventAge("tiktok", context.source),
    build(event: TrackedEvent) {
      const { body, issues } = toTikTokEvent(event, { parsePhone });
      const source = toTikTokSource(event.context.source);
      if (!body || !source) return { issues };
      const testCode = testCodeOf(testEventCode, event);
      return { body: { group: testCode ? `${source} ${testCode}` : source, body: toJson(body) }, issues };
    },
    request(group, bodies) {
      const [source = "", ...testCode] = group.split(" ");
      const envelope = {
        event_source: source,
        event_source_id: sourceIds[source as TikTokSource],
        partner_name: "Beaconry",
        test_event_code: testCode.join(" ") || undefined,
      };
      return {
        url,
        headers: { "Content-Type": "application/json", "Access-Token": accessToken },
        body: `${JSON.stringify(envelope).slice(0, -1)},"data":[${bodies.join(",")}]}`,
      };
    },
    verdict: (answer, events, now) => tiktokVerdict(answer, events, now, [accessToken]),
  };
}
