import { expectTypeOf, test } from "vitest";
import {
  type BeforeSend,
  createPixel,
  type DropReason,
  type FlushResult,
  type Issue,
  type Pixel,
  type PixelEvent,
  sample,
} from "../src/index.js";

declare const pixel: Pixel;

test("events are typed by the catalogue", () => {
  pixel.track("PageView");
  pixel.track("Purchase", { currency: "EUR", value: 21.97 });
  pixel.track("AddToCart", { contents: [{ id: 1234, quantity: 2, price: 9.99 }] }, { id: "cart-1" });
  expectTypeOf(pixel.track("Search", { searchString: "shoes" })).toBeString();
  // @ts-expect-error a purchase needs its currency
  pixel.track("Purchase", { value: 21.97 });
  // @ts-expect-error a purchase needs properties
  pixel.track("Purchase");
  // @ts-expect-error no such property
  pixel.track("Search", { search_string: "shoes" });
  // @ts-expect-error no such event
  pixel.track("Purchased", {});
  // @ts-expect-error value is a number
  pixel.track("AddToCart", { value: "21.97" });
  // @ts-expect-error no such option
  pixel.track("PageView", {}, { eventId: "1" });
});

test("options are typed", () => {
  createPixel({ endpoint: "/collect" });
  createPixel({
    endpoint: "/collect",
    tags: { meta: { pixelId: "1" }, tiktok: { pixelCode: "C" } },
    consent: { advertising: undefined },
  });
  createPixel({
    endpoint: "/collect",
    tags: {
      meta: { pixelId: ["1", "2"], nonce: "n", autoConfig: true, agent: "plBeaconry", scriptUrl: "/fbevents.js" },
      tiktok: { pixelCode: ["C1", "C2"] as const, region: "us", pageViews: "tag" },
    },
    batch: { maxEvents: 5 },
    cookieDomain: "shop.example",
    debug: true,
  });
  // @ts-expect-error endpoint is required
  createPixel({});
  // @ts-expect-error no such option
  createPixel({ endpoint: "/collect", endpont: "/x" });
  // @ts-expect-error a pixel id is a text: the numbers are too long for a number
  createPixel({ endpoint: "/collect", tags: { meta: { pixelId: 1 } } });
  // @ts-expect-error nor numbers in a list
  createPixel({ endpoint: "/collect", tags: { meta: { pixelId: [1] } } });
  // @ts-expect-error no such region
  createPixel({ endpoint: "/collect", tags: { tiktok: { pixelCode: "C", region: "eu" } } });
  // @ts-expect-error Meta has no regions
  createPixel({ endpoint: "/collect", tags: { meta: { pixelId: "1", region: "us" } } });
  // @ts-expect-error no such side
  createPixel({ endpoint: "/collect", tags: { tiktok: { pixelCode: "C", pageViews: "both" } } });
  // @ts-expect-error no such vendor
  createPixel({ endpoint: "/collect", tags: { snap: {} } });
  // @ts-expect-error no such way
  createPixel({ endpoint: "/collect", pageViews: "auto" });
  // @ts-expect-error no environment from outside
  createPixel({ endpoint: "/collect" }, {});
});

test("beforeSend gives an event or nothing", () => {
  createPixel({ endpoint: "/collect", beforeSend: sample(0.1, ["PageView", "ViewContent"]) });
  createPixel({ endpoint: "/collect", beforeSend: (event) => (event.name === "Search" ? null : event) });
  createPixel({ endpoint: "/collect", beforeSend: (event) => ({ ...event, properties: { value: 1 } }) });
  createPixel({ endpoint: "/collect", beforeSend: () => undefined });
  createPixel({ endpoint: "/collect", beforeSend: (event) => event.context.source === "web" && event });
  expectTypeOf(sample).returns.toEqualTypeOf<BeforeSend>();
  expectTypeOf<Parameters<BeforeSend>>().toEqualTypeOf<[PixelEvent]>();
  // @ts-expect-error true is no event
  createPixel({ endpoint: "/collect", beforeSend: () => true });
  // @ts-expect-error it is asked at once
  createPixel({ endpoint: "/collect", beforeSend: async (event) => event });
  // @ts-expect-error no such event
  sample(0.1, ["Purchased"]);
  // @ts-expect-error the person's keys are not in it
  createPixel({ endpoint: "/collect", beforeSend: (event) => event.matchKeys && event });
});

test("consent and person are typed", () => {
  pixel.consent({ advertising: true, limitedDataUse: { country: 1, state: 1000 } });
  // @ts-expect-error no such consent
  pixel.consent({ marketing: true });
  pixel.identify({ email: ["a@example.com"], externalId: 7 });
  // @ts-expect-error no such field
  pixel.identify({ mail: "a@example.com" });
});

test("listeners get what belongs to their kind", () => {
  pixel.on("dropped", (event) => {
    expectTypeOf(event.reason).toEqualTypeOf<DropReason>();
    expectTypeOf(event.ids).toEqualTypeOf<readonly string[]>();
  });
  pixel.on("consent", ({ send }) => expectTypeOf(send).toEqualTypeOf<"allow" | "drop" | "hold">());
  pixel.on("tracked", (event) => expectTypeOf(event).toEqualTypeOf<{ readonly id: string; readonly name: string }>());
  pixel.on("error", ({ message }) => expectTypeOf(message).toBeString());
  pixel.on("issue", ({ issue }) => expectTypeOf(issue).toEqualTypeOf<Issue>());
  expectTypeOf(pixel.on("sent", () => {})).toEqualTypeOf<() => void>();
  // @ts-expect-error no such event
  pixel.on("delivered", () => {});
  expectTypeOf(pixel.flush({ timeout: 1 })).resolves.toEqualTypeOf<FlushResult>();
  expectTypeOf<FlushResult["reasons"]>().toEqualTypeOf<Readonly<Partial<Record<DropReason, number>>>>();
  expectTypeOf(pixel.reset).toEqualTypeOf<() => void>();
  expectTypeOf(pixel.page).toEqualTypeOf<() => string>();
});
