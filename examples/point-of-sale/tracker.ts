import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";
import { sqliteOutbox } from "@beaconry/server/sqlite";

const { TIKTOK_OFFLINE_EVENT_SET_ID = "", TIKTOK_TOKEN = "", META_PIXEL_ID = "", META_TOKEN = "" } = process.env;

export const tracker = createTracker({
  destinations: [
    tiktokEvents({
      offlineEventSetId: TIKTOK_OFFLINE_EVENT_SET_ID,
      accessToken: TIKTOK_TOKEN,
      baseUrl: process.env.TIKTOK_API_URL, // the sandbox's; unset, it is TikTok's own
    }),
    metaConversions({ datasetId: META_PIXEL_ID, accessToken: META_TOKEN, baseUrl: process.env.META_API_URL }),
  ],
  // What can not be sent today is sent by the next run.
  outbox: sqliteOutbox({ path: process.env.OUTBOX ?? "beaconry.db" }),
});

tracker.on("dead", ({ destination, name, id, reason }) => console.error("given up:", destination, name, id, reason));
