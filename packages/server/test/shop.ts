import type { EventContext, TrackerOptions } from "../src/index.js";
import { createTracker, metaAppEvents, metaConversions, tiktokEvents } from "../src/index.js";
import type { Sandbox } from "../src/sandbox/index.js";

/** Tokens that must be seen nowhere but in the requests' own credentials. */
export const tokens = { tiktok: "tiktok-token-5f1c", meta: "meta-token-93ab", appSecret: "app-secret-77e0" };

export const consent = { advertising: true, advertiserTracking: true, applicationTracking: true };

export const webContext: EventContext = {
  source: "web",
  page: { url: "https://shop.example/thanks" },
  ip: "168.212.226.204",
  userAgent: "Mozilla/5.0 (test)",
  clicks: { fbp: "fb.1.1558571054389.1098115397", ttclid: "E.C.P.AbC" },
};

/** An app event's context; `device` tells devices apart. */
export function appContext(device: number, ip = `168.212.226.${device}`): EventContext {
  return {
    source: "app",
    ip,
    app: { id: "com.example.shop", version: "1.2.3", build: "45" },
    device: {
      platform: "android",
      osVersion: "15",
      advertisingId: `38400000-8cf0-11bd-b23e-${String(device).padStart(12, "0")}`,
    },
  };
}

/** All three destinations at a sandbox, with waits short enough for tests. */
export function createShopTracker({ url }: Sandbox, options: Partial<TrackerOptions> = {}) {
  return createTracker({
    destinations: [
      tiktokEvents({ pixelCode: "C0PIXELCODE000000000", accessToken: tokens.tiktok, baseUrl: url }),
      metaConversions({ datasetId: "123456", accessToken: tokens.meta, baseUrl: url }),
      metaAppEvents({ appId: "987654", appSecret: tokens.appSecret, baseUrl: url }),
    ],
    backoff: { base: 5, cap: 20 },
    trustProxy: ["loopback"],
    ...options,
  });
}
