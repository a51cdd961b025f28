"use client";

import { createPixel } from "@beaconry/pixel";

/**
 * The page's pixel; on the server one that does nothing. It hears of every change of the address, the router's too, and
 * tracks a page view for each. Nothing is loaded, stored or sent before the visitor agrees.
 */
export const pixel = createPixel({
  endpoint: "/collect",
  tags: {
    // The script URLs are the sandbox's; unset, they are the vendors' own.
    meta: {
      pixelId: process.env.NEXT_PUBLIC_META_PIXEL_ID ?? "",
      scriptUrl: process.env.NEXT_PUBLIC_META_SCRIPT_URL,
    },
    tiktok: {
      pixelCode: process.env.NEXT_PUBLIC_TIKTOK_PIXEL_CODE ?? "",
      scriptUrl: process.env.NEXT_PUBLIC_TIKTOK_SCRIPT_URL,
    },
  },
});

/** What the visitor chose, as the pixel keeps it: for the server, which can not see it. */
export function storedConsent(): string | null {
  try {
    return localStorage.getItem("beaconry.consent");
  } catch {
    return null; // storage is denied
  }
}
