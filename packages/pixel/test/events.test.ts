import { describe, expect, test } from "vitest";
import { browserEnvironment } from "../src/environment.js";
import { listen, openPage, parse, received, settle } from "./page.js";

const granted = { consent: { advertising: true } };
const app = { id: "com.shop.app", storeId: "123456789", name: "Shop", version: "7.7.1" };
const device = { platform: "ios", osVersion: "17.2", advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606" } as const;

describe("what the collector gets", () => {
  test("one envelope, byte for byte", async () => {
    const page = openPage("https://shop.example/cart?step=2#top");
    page.window.document.title = "Cart";
    Object.defineProperty(page.window.document, "referrer", { value: "https://www.tiktok.com/" });
    page.dice.value = 0.25;
    const pixel = page.pixel(granted);
    const id = pixel.track("AddToCart", {
      currency: "eur",
      value: 0,
      contents: [{ id: 1234, quantity: 2, price: 9.99 }],
    });
    expect(id).toBe("id-1");
    await page.pass(1000);
    const [request, ...others] = page.requests;
    expect(others).toEqual([]);
    expect(request?.url).toBe("https://shop.example/collect");
    expect(request?.init).toMatchObject({
      method: "POST",
      keepalive: true,
      credentials: "include",
      headers: { "Content-Type": "text/plain;charset=UTF-8" },
    });
    expect(parse(request?.body ?? "")).toEqual({
      sentAt: 1_760_000_001_000,
      events: [
        {
          id: "id-1",
          name: "AddToCart",
          time: 1_760_000_000_000,
          properties: { currency: "eur", value: 0, contents: [{ id: 1234, quantity: 2, price: 9.99 }] },
          context: {
            source: "web",
            page: { url: "https://shop.example/cart?step=2#top", referrer: "https://www.tiktok.com/", title: "Cart" },
            locale: "en-US",
            clicks: { fbp: "fb.1.1760000000000.536870911" },
          },
          consent: { advertising: true },
          tags: [],
        },
      ],
    });
  });

  test("from an app's web view: source app, no cookies, no clicks, no tags", async () => {
    const page = openPage("https://shop.example/?fbclid=Abc&ttclid=Def");
    const pixel = page.pixel({
      app,
      device,
      consent: { advertising: true, advertiserTracking: true },
      tags: { meta: { pixelId: "1" }, tiktok: { pixelCode: "C1" } },
    });
    pixel.identify({ email: "ada@example.com" });
    pixel.track("Purchase", { currency: "EUR", value: 5 });
    await page.pass(1000);
    const [event] = received(page);
    expect(event?.context).toEqual({
      source: "app",
      page: { url: "https://shop.example/?fbclid=Abc&ttclid=Def" },
      locale: "en-US",
      app,
      device,
    });
    expect(event?.matchKeys?.meta?.em).toHaveLength(64);
    expect(event?.tags).toEqual([]);
    expect(page.window.document.cookie).toBe("");
    expect(page.scripts()).toEqual([]);
    expect(page.window.fbq).toBeUndefined();
  });

  test("from an app without tracking: neither customer data nor advertising id leaves the page", async () => {
    const page = openPage();
    const pixel = page.pixel({ app, device, consent: { advertising: true, advertiserTracking: false } });
    pixel.identify({ email: "ada@example.com" });
    pixel.track("ViewContent");
    await page.pass(1000);
    const [event] = received(page);
    expect(event?.matchKeys).toBeUndefined();
    expect(event?.context.device).toEqual({ platform: "ios", osVersion: "17.2" });
    expect(page.requests[0]?.body).not.toContain("EA7583CD");
  });

  test("consent is that of the sending, not of the tracking", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    pixel.consent({ limitedDataUse: true });
    await page.pass(1000);
    expect(received(page)[0]?.consent).toEqual({ advertising: true, limitedDataUse: true });
  });

  test("neither user agent nor address", async () => {
    const page = openPage();
    page.pixel(granted).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context).not.toHaveProperty("userAgent");
    expect(received(page)[0]?.context).not.toHaveProperty("ip");
  });

  test("an id of yours is kept, a wrong one reported and replaced", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    expect(pixel.track("ViewContent", {}, { id: "order-17" })).toBe("order-17");
    expect(pixel.track("ViewContent", {}, { id: "" })).toBe("id-1");
    expect(pixel.track("ViewContent", {}, { id: 5 as never })).toBe("id-2");
    expect(issues.map(({ id, issue }) => [id, issue.path])).toEqual([
      ["id-1", "id"],
      ["id-2", "id"],
    ]);
    await page.pass(1000);
    expect(received(page).map(({ id }) => id)).toEqual(["order-17", "id-1", "id-2"]);
  });

  test("what the page changes afterwards changes nothing", async () => {
    const page = openPage();
    const contents = [{ id: "a" }];
    page.pixel(granted).track("ViewContent", { contents });
    contents[0] = { id: "b" };
    await page.pass(1000);
    expect(received(page)[0]?.properties).toEqual({ contents: [{ id: "a" }] });
  });
});

describe("a wrong event", () => {
  test("is reported, and goes out with what is good", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    const id = pixel.track("Purchase", { value: Number.NaN, colour: "red" } as never);
    expect(issues.map(({ issue }) => [issue.severity, issue.code, issue.path])).toEqual(
      expect.arrayContaining([
        ["warning", "wrong_type", "properties.value"],
        ["warning", "unknown_property", "properties.colour"],
        ["error", "missing", "properties.currency"],
      ]),
    );
    expect(issues.every((reported) => reported.id === id && reported.name === "Purchase")).toBe(true);
    await page.pass(1000);
    expect(received(page)[0]).toMatchObject({ name: "Purchase", properties: { colour: "red" } });
    expect(page.warnings).toEqual([]);
  });

  test("is told on the console only with debug", () => {
    const page = openPage();
    page.pixel({ ...granted, debug: true }).track("Purchase", {} as never);
    expect(page.warnings.join()).toContain("properties.currency is required for Purchase");
  });

  test("never throws, whatever comes in", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("mine");
        },
      },
    );
    const calls: unknown[][] = [
      ["ViewContent", circular],
      ["ViewContent", { big: { deep: 1n }, good: 1 }],
      ["ViewContent", "text"],
      ["ViewContent", null],
      ["ViewContent", trap],
      [undefined],
      [""],
      [Symbol("s")],
      ["ViewContent", {}, null],
    ];
    for (const call of calls) expect(typeof pixel.track(...(call as ["PageView"]))).toBe("string");
    for (const wrong of [null, undefined, 5, "x", [], { email: 5 }]) pixel.identify(wrong as never);
    pixel.on("nothing" as never, () => {})();
    pixel.consent(null as never);
    await page.pass(1000);
    expect(received(page)).toHaveLength(5);
    expect(received(page)[1]?.properties).toEqual({ good: 1 });
    expect(await pixel.flush()).toMatchObject({ sent: 5, pending: 0, dropped: 4, reasons: { invalid: 4 } });
  });
});

describe("listeners", () => {
  test("hear of sent events until they leave", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const heard: unknown[] = [];
    const leave = pixel.on("sent", (event) => heard.push(event));
    pixel.on("sent", () => {
      throw new Error("a listener's own");
    });
    const after = listen(pixel, "sent");
    const first = pixel.track("ViewContent");
    await pixel.flush();
    leave();
    pixel.track("ViewContent");
    await pixel.flush();
    expect(heard).toEqual([{ ids: [first] }]);
    expect(after).toHaveLength(2);
  });
});

test("the tables of phone numbers can be loaded", async () => {
  const { parsePhone } = await browserEnvironment().importPhone();
  expect(parsePhone("(213) 373-4253", "us")).toBe("+12133734253");
});

test("the defaults of the environment work in a page", async () => {
  const { createPixel } = await import("../src/create-pixel.js");
  const pixel = createPixel({ endpoint: "/collect", pageViews: "manual" });
  expect(pixel.track("ViewContent")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  await settle();
  expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 1 });
});
