import { createTracker, metaConversions, type Tracker, tiktokEvents } from "@beaconry/server";

/** Variables and secrets of the worker. */
export interface Env {
  TIKTOK_PIXEL_CODE: string;
  TIKTOK_TOKEN: string;
  META_PIXEL_ID: string;
  META_TOKEN: string;
  /** The sandbox's; unset, they are the vendors' own. */
  TIKTOK_API_URL?: string;
  META_API_URL?: string;
}

export function createWorkerTracker(env: Env): Tracker {
  return createTracker({
    destinations: [
      tiktokEvents({
        pixelCode: env.TIKTOK_PIXEL_CODE,
        accessToken: env.TIKTOK_TOKEN,
        baseUrl: env.TIKTOK_API_URL,
      }),
      metaConversions({ datasetId: env.META_PIXEL_ID, accessToken: env.META_TOKEN, baseUrl: env.META_API_URL }),
    ],
    collector: { origins: ["https://shop.example"] }, // the pages that may send, where the worker has a host of its own
  });
}
