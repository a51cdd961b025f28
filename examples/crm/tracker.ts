import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";
import { sqliteOutbox } from "@beaconry/server/sqlite";

const { TIKTOK_CRM_EVENT_SET_ID = "", TIKTOK_TOKEN = "", META_PIXEL_ID = "", META_TOKEN = "" } = process.env;

export const tracker = createTracker({
  destinations: [
    tiktokEvents({
      crmEventSetId: TIKTOK_CRM_EVENT_SET_ID,
      accessToken: TIKTOK_TOKEN,
      baseUrl: process.env.TIKTOK_API_URL, // the sandbox's; unset, it is TikTok's own
    }),
    metaConversions({ datasetId: META_PIXEL_ID, accessToken: META_TOKEN, baseUrl: process.env.META_API_URL }),
  ],
  // A webhook that was answered does not come again: what it brought is on the disk before.
  outbox: sqliteOutbox({ path: process.env.OUTBOX ?? "beaconry.db" }),
});

tracker.on("dead", ({ destination, name, id, reason }) => console.error("given up:", destination, name, id, reason));
