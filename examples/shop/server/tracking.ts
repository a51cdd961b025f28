import {
  createTracker,
  type Journal,
  metaAppEvents,
  metaConversions,
  type Tracker,
  tiktokEvents,
} from "@beaconry/server";
import type { Settings } from "./settings.ts";

/** The shop's tracker: web events to TikTok and Meta, app events to Meta App Events, and all of them, hashed, into the journal. */
export function createShopTracker({ app, meta, tiktok, trustProxy }: Settings, journal: Journal): Tracker {
  return createTracker({
    destinations: [
      tiktokEvents({ pixelCode: tiktok.pixelCode, accessToken: tiktok.accessToken, baseUrl: tiktok.apiUrl }),
      metaConversions({ datasetId: meta.pixelId, accessToken: meta.accessToken, baseUrl: meta.apiUrl }),
      metaAppEvents({ appId: app.id, appSecret: app.secret, baseUrl: meta.apiUrl }),
    ],
    journal,
    trustProxy,
  });
}
