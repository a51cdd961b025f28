import { describe, expect, test } from "vitest";
import { browserEnvironment } from "../src/environment.js";
import { listen, openPage, parse, received, settle, stored } from "./page.js";

const granted = { consent: { advertising: true } };
const app = { id: "com.shop.app", storeId: "123456789", name: "Shop", version: "7.7.1" };
const device = { platform: "ios", osVersion: "17.2", advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606" } as const;

/** SHA-256 of `user_123`. */
const userHash = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";

describe("what the collector gets", () => {
  test("one envelope, byte for byte", async () => {
    const page = openPage("https://shop.example/cart?step=2#top");
    page.window.document.title = "Cart";
    Object.defineProperty(page.window.document, "referrer", { value: "https://www.tiktok.com/" });
    page.dice.value = 0.25;
    page.window.localStorage.setItem("beaconry.id", '"user_123"');
    const pixel = page.pixel(granted);
    const id = pixel.track("AddToCart", {
      currency: "eur",
      value: 0,
      contents: [{ id: 1234, quantity: 2, price: 9.99 }],
    });
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
          id,
          name: "AddToCart",
          time: 1_760_000_000_000,
          properties: { currency: "eur", value: 0, contents: [{ id: 1234, quantity: 2, price: 9.99 }] },
          context: {
            source: "web",
            page: { url: "https://shop.example/cart?step=2#top", referrer: "https://www.tiktok.com/", title: "Cart" },
            locale: "en-US",
            clicks: { fbp: "fb.1.1760000000000.536870911" },
          },
          // Published vector: "Report App, Web, Offline, or CRM Events".
          matchKeys: { meta: { external_id: userHash }, tiktok: { external_id: userHash } },
          consent: { advertising: true },
          tags: [],
        },
      ],
    });
  });

  // No vendor takes an event without its page.
  test.each([
    ["the query", `?utm=1&state=${"s".repeat(5000)}&x=1#top`, "?utm=1"],
    ["one parameter", `?${"s".repeat(5000)}`, ""],
    ["the fragment", `?utm=1#${"s".repeat(5000)}`, "?utm=1"],
    ["the path", `a/${"p".repeat(5000)}`, "a/"],
    ["nothing", `?q=${"s".repeat(4096 - "https://shop.example/?q=".length)}`, undefined],
  ])("an address whose length is in %s is cut, and the tags take the event", async (_, rest, left = rest) => {
    const page = openPage(`https://shop.example/${rest}`);
    Object.defineProperty(page.window.document, "referrer", { value: `https://other.example/${rest}` });
    page.window.document.title = "t".repeat(600);
    page.pixel({ ...granted, tags: { meta: { pixelId: "1234567890" } } }).track("ViewContent");
    await page.pass(1000);
    const [event] = received(page);
    expect(event?.context.page).toMatchObject({ url: `https://shop.example/${left}`, title: "t".repeat(500) });
    expect(event?.context.page?.referrer?.length).toBeLessThanOrEqual(4096);
    expect(event?.tags).toEqual(["meta"]);
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
      device: { ...device, anonId: stored(page)["beaconry.id"] },
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

  test("nor what waits when the person withdraws the tracking", async () => {
    const page = openPage();
    const pixel = page.pixel({ app, device, consent: { advertising: true, advertiserTracking: true } });
    pixel.identify({ email: "ada@example.com" });
    pixel.track("ViewContent");
    pixel.consent({ advertiserTracking: false });
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys).toBeUndefined();
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
    expect(pixel.track("ViewContent", {}, { id: "x".repeat(128) })).toHaveLength(128);
    const wrong = ["", 5, "with a space", "x".repeat(129), null].map((id) =>
      pixel.track("ViewContent", {}, { id: id as never }),
    );
    for (const id of wrong) expect(id).toMatch(/^id-\d+$/);
    expect(issues.map(({ id, name, issue }) => [id, name, issue.path])).toEqual(
      wrong.map((id) => [id, "ViewContent", "id"]),
    );
    await page.pass(1000);
    expect(received(page).map(({ id }) => id)).toEqual(["order-17", "x".repeat(128), ...wrong]);
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
  test("goes to the collector as it is: that checks it", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    pixel.track("Purchase", { value: "9.99", colour: "red", search_string: "x" } as never);
    await page.pass(1000);
    expect(received(page)[0]).toMatchObject({
      name: "Purchase",
      properties: { value: "9.99", colour: "red", search_string: "x" },
    });
    expect(issues).toEqual([]);
  });

  test("what the collector finds is emitted, with the event's id", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    const sent = listen(pixel, "sent");
    const [found, other] = ["value", "colour"].map((name) => ({
      severity: "warning",
      code: "wrong_type",
      path: `properties.${name}`,
      message: "…",
    }));
    page.answers.push({
      status: 202,
      body: {
        accepted: ["a", "b"],
        rejected: [],
        issues: [{ id: "a", issues: [found, other] }, { id: "b", issues: [other] }, { id: "c" }],
      },
    });
    pixel.track("ViewContent", {}, { id: "a" });
    pixel.track("ViewContent", {}, { id: "b" });
    await page.pass(1000);
    expect(issues).toEqual([
      { id: "a", issue: found },
      { id: "a", issue: other },
      { id: "b", issue: other },
    ]);
    expect(sent).toEqual([{ ids: ["a", "b"] }]);
  });

  test("properties that are no object are left out and reported", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    for (const wrong of ["text", 5, true, [1]]) pixel.track("ViewContent", wrong as never);
    pixel.track("ViewContent", null as never);
    pixel.track("ViewContent", undefined);
    await page.pass(1000);
    expect(issues.map(({ issue }) => issue.path)).toEqual(["properties", "properties", "properties", "properties"]);
    expect(received(page).map(({ properties }) => properties)).toEqual([{}, {}, {}, {}, {}, {}]);
  });

  test("a property that JSON can not hold is left out and reported, the others go", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const given = { circular, big: { deep: 1n }, run: () => {}, nothing: undefined, good: 1, date: new Date(0) };
    pixel.track("ViewContent", given as never);
    await page.pass(1000);
    expect(issues.map(({ issue }) => issue.path)).toEqual(["properties.circular", "properties.big"]);
    expect(received(page)[0]?.properties).toEqual({ good: 1, date: "1970-01-01T00:00:00.000Z" });
  });

  test("and so is one whose reading throws", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    const given = {
      currency: "EUR",
      value: 5,
      get contents(): never {
        throw new Error("not ready");
      },
    };
    pixel.track("Purchase", given);
    await page.pass(1000);
    expect(issues.map(({ issue }) => issue.path)).toEqual(["properties.contents"]);
    expect(received(page)[0]?.properties).toEqual({ currency: "EUR", value: 5 });
  });

  test("without a name is none: reported and dropped", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    const dropped = listen(pixel, "dropped");
    const tracked = listen(pixel, "tracked");
    const ids = [undefined, "", "  ", Symbol("s"), 5].map((name) => pixel.track(name as "PageView"));
    expect(issues.map(({ id, issue }) => [id, issue.path])).toEqual(ids.map((id) => [id, "name"]));
    expect(dropped).toEqual(ids.map((id) => ({ ids: [id], reason: "invalid" })));
    expect(tracked).toEqual([]);
    await page.pass(1000);
    expect(page.requests).toEqual([]);
  });
});

test("tracked is emitted for each, with its id and name", () => {
  const page = openPage();
  const pixel = page.pixel();
  const tracked = listen(pixel, "tracked");
  const id = pixel.track("Search");
  const view = pixel.page();
  expect(tracked).toEqual([
    { id, name: "Search" },
    { id: view, name: "PageView" },
  ]);
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
