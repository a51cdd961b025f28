import { createTracker, metaAppEvents, metaConversions, type Tracker, tiktokEvents } from "@beaconry/server";
import { describe, it } from "vitest";

declare const tracker: Tracker;
const to = { context: { source: "web" }, consent: { advertising: true } } as const;

describe("types of the server", () => {
  it("lets right calls compile", () => {
    createTracker({ destinations: [tiktokEvents({ pixelCode: "C", accessToken: "t" })], trustProxy: 1 });
    tracker.track(
      "Purchase",
      { currency: "EUR", value: 1 },
      { ...to, id: "order-7", user: { email: "a@example.com" } },
    );
    tracker.track("PageView", {}, to);
  });

  it("refuses wrong ones", () => {
    // @ts-expect-error no destinations
    createTracker({});
    // @ts-expect-error an unknown option
    createTracker({ destinations: [], trustProxies: [] });
    // @ts-expect-error a dataset is needed
    metaConversions({ accessToken: "t" });
    // @ts-expect-error an unknown option
    metaAppEvents({ appId: "1", appSecret: "s", accessToken: "t" });
    // @ts-expect-error a purchase needs a value
    tracker.track("Purchase", { currency: "EUR" }, to);
    // @ts-expect-error consent must be said
    tracker.track("PageView", {}, { context: to.context });
    // @ts-expect-error a misspelt option
    tracker.track("PageView", {}, { ...to, usr: {} });
    // @ts-expect-error an unknown field of a person
    tracker.track("PageView", {}, { ...to, user: { mail: "a@example.com" } });
  });
});
