import { createPixel } from "@beaconry/pixel";
import { followTcf } from "@beaconry/pixel/tcf";

const { VITE_META_PIXEL_ID, VITE_META_SCRIPT_URL, VITE_TIKTOK_PIXEL_CODE, VITE_TIKTOK_SCRIPT_URL } = import.meta.env;

const pixel = createPixel({
  endpoint: "/collect",
  tags: {
    // The script URLs are the sandbox's; unset, they are the vendors' own.
    meta: { pixelId: VITE_META_PIXEL_ID, scriptUrl: VITE_META_SCRIPT_URL },
    tiktok: { pixelCode: VITE_TIKTOK_PIXEL_CODE, scriptUrl: VITE_TIKTOK_SCRIPT_URL },
  },
});

// The platform's word is the consent, now and at every change: purposes 1, 3, 4 and 7 must be allowed. `vendorIds` would ask
// for vendors of IAB's list as well. Where GDPR does not apply, events wait unless `outsideGdpr` says otherwise.
followTcf(pixel);

// For the demo: what became of the events.
const status = document.getElementById("status") as HTMLElement;
pixel.on("held", () => {
  status.textContent = "Waits for your answer.";
});
pixel.on("sent", () => {
  status.textContent = "Sent to the collector.";
});
pixel.on("dropped", ({ reason }) => {
  status.textContent = `Not sent: ${reason}.`;
});

const socks = { contentType: "product", contents: [{ id: "1234", price: 9.99, quantity: 1 }] } as const;
pixel.track("ViewContent", socks);
document.getElementById("add")?.addEventListener("click", () => {
  pixel.track("AddToCart", { currency: "EUR", value: 9.99, ...socks });
});
