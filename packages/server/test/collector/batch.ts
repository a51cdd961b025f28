export const emailHash = "b".repeat(64);

/** An event as the pixel sends it. */
export function pixelEvent(id: string, change: object = {}) {
  return {
    id,
    name: "Purchase",
    time: Date.now(),
    properties: { currency: "EUR", value: 21.97 },
    matchKeys: { meta: { em: emailHash }, tiktok: { email: emailHash } },
    context: {
      source: "web",
      page: { url: "https://shop.example/thanks", title: "Thanks" },
      locale: "en-US",
      clicks: { fbp: "fb.1.1558571054389.1098115397", ttclid: "E.C.P.AbC" },
    },
    consent: { advertising: true },
    tags: [],
    ...change,
  };
}

/** A batch as the pixel sends it. */
export const envelope = (...events: unknown[]) => ({ sentAt: Date.now(), events });
