import { createTracker, metaConversions, type Tracker, tiktokEvents } from "@beaconry/server";

const kept = globalThis as { tracker?: Tracker };

/** The server's one tracker. Next bundles routes and actions apart, and loads modules while it builds: hence a function. */
export function getTracker(): Tracker {
  kept.tracker ??= startTracker();
  return kept.tracker;
}

function startTracker(): Tracker {
  const { NEXT_PUBLIC_TIKTOK_PIXEL_CODE = "", TIKTOK_TOKEN = "", TIKTOK_API_URL } = process.env;
  const { NEXT_PUBLIC_META_PIXEL_ID = "", META_TOKEN = "", META_API_URL } = process.env;
  const tracker = createTracker({
    destinations: [
      tiktokEvents({
        pixelCode: NEXT_PUBLIC_TIKTOK_PIXEL_CODE,
        accessToken: TIKTOK_TOKEN,
        baseUrl: TIKTOK_API_URL, // the sandbox's; unset, it is TikTok's own
      }),
      metaConversions({ datasetId: NEXT_PUBLIC_META_PIXEL_ID, accessToken: META_TOKEN, baseUrl: META_API_URL }),
    ],
    trustProxy: 1, // Next shows no socket: this is for one proxy in front, which sets X-Forwarded-For
  });
  tracker.on("dead", ({ destination, name, id, reason }) => console.error("given up:", destination, name, id, reason));
  // NEXT_MANUAL_SIG_HANDLE leaves signals to us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      await tracker.close({ timeout: 8_000 }); // what is still waiting goes out first
      process.exit();
    });
  }
  return tracker;
}
