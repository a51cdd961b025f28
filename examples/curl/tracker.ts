import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";

const { TIKTOK_PIXEL_CODE = "", TIKTOK_TOKEN = "", META_PIXEL_ID = "", META_TOKEN = "" } = process.env;

export const tracker = createTracker({
  destinations: [
    tiktokEvents({
      pixelCode: TIKTOK_PIXEL_CODE,
      accessToken: TIKTOK_TOKEN,
      baseUrl: process.env.TIKTOK_API_URL, // the sandbox's; unset, it is TikTok's own
    }),
    metaConversions({ datasetId: META_PIXEL_ID, accessToken: META_TOKEN, baseUrl: process.env.META_API_URL }),
  ],
  trustProxy: ["loopback"], // the web server in front, on this machine, says who the visitor is
});

tracker.on("dead", ({ destination, name, id, reason }) => console.error("given up:", destination, name, id, reason));
