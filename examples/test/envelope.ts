/** What a pixel posts. */
export interface Envelope {
  readonly sentAt: number;
  readonly events: readonly unknown[];
}

/** A page view as the pixel posts it, of a visitor who agreed unless told otherwise. */
export function pageView(id: string, advertising = true): Envelope {
  const now = Date.now();
  return {
    sentAt: now,
    events: [
      {
        id,
        name: "PageView",
        time: now,
        properties: {},
        context: { source: "web", page: { url: "https://shop.example/" } },
        consent: { advertising },
        tags: [],
      },
    ],
  };
}
