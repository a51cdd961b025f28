import { createPixel } from "@beaconry/pixel";

const { VITE_META_PIXEL_ID, VITE_META_SCRIPT_URL, VITE_TIKTOK_PIXEL_CODE, VITE_TIKTOK_SCRIPT_URL } = import.meta.env;

/**
 * The page's pixel, one for the whole app. It hears of every change of the address, the router's too, and tracks a page
 * view for each. Nothing is loaded, stored or sent before the visitor agrees.
 */
export const pixel = createPixel({
  endpoint: "/collect",
  tags: {
    // The script URLs are the sandbox's; unset, they are the vendors' own.
    meta: { pixelId: VITE_META_PIXEL_ID, scriptUrl: VITE_META_SCRIPT_URL },
    tiktok: { pixelCode: VITE_TIKTOK_PIXEL_CODE, scriptUrl: VITE_TIKTOK_SCRIPT_URL },
  },
});
