import { describe, expect, test } from "vitest";
import { createTtq, type Ttq } from "../../src/tags/tiktok.js";
import { listen, openPage, received, start, type TestPage } from "../page.js";

const pixelCode = "CABCDEF0123456789XYZ";
const tags = { tiktok: { pixelCode } };
const granted = { consent: { advertising: true } };
const ttqOf = ({ window }: TestPage) => window.ttq as Ttq;
const methodsOf = (page: TestPage) => (page.window.ttq as unknown[][]).map(([method]) => method);
const email = "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f";
const phone = "9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd";
const externalId = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";

/** A page of a browser whose anonymous id is `user_123`. */
function openKnown(url?: string): TestPage {
  const page = openPage(url);
  page.window.localStorage.setItem("beaconry.id", '"user_123"');
  return page;
}
const nobody = ["identify", { external_id: externalId }];

/** In the order of TikTok's base code of 2025. */
const methods = [
  "page",
  "track",
  "identify",
  "instances",
  "debug",
  "on",
  "off",
  "once",
  "ready",
  "alias",
  "group",
  "enableCookie",
  "disableCookie",
  "holdConsent",
  "revokeConsent",
  "grantConsent",
];

test("the stub is an array of tuples, as TikTok's base code makes it", () => {
  const ttq = createTtq(() => {});
  expect(Array.isArray(ttq)).toBe(true);
  expect(typeof ttq).not.toBe("function");
  expect(ttq.methods).toEqual(methods);
  for (const method of methods) (ttq[method] as (argument: number) => void)(1);
  expect([...ttq]).toEqual(methods.map((method) => [method, 1]));
  const other: never[] = [];
  ttq.setAndDefer?.(other as never, "track");
  (other as unknown as { track(name: string): void }).track("X");
  expect([...other]).toEqual([["track", "X"]]);
});

test("under consent: script, load, then events with their ids; page views are the collector's", async () => {
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags, pageViews: "automatic" });
  const id = pixel.track("AddToCart", { currency: "EUR", value: 0, contents: [{ id: 7, quantity: 2, price: 9.99 }] });
  pixel.page();
  const ttq = ttqOf(page);
  expect((page.window as unknown as { TiktokAnalyticsObject: unknown }).TiktokAnalyticsObject).toBe("ttq");
  expect([...ttq]).toEqual([
    nobody,
    [
      "track",
      "AddToCart",
      {
        currency: "EUR",
        value: 0,
        content_ids: ["7"],
        num_items: 2,
        contents: [{ content_id: "7", quantity: 2, price: 9.99 }],
      },
      { event_id: id },
    ],
  ]);
  expect(ttq._i?.[pixelCode]?._u).toBe("https://analytics.tiktok.com/i18n/pixel/events.js");
  expect(ttq._t).toEqual({ [pixelCode]: start });
  expect(ttq._o).toEqual({ [pixelCode]: { autoConfig: false } });
  expect(page.scripts().map(({ src, async }) => [src, async])).toEqual([
    [`https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=${pixelCode}&lib=ttq`, true],
  ]);
  await page.pass(1000);
  expect(received(page).map((event) => [event.name, event.tags])).toEqual([
    ["PageView", []],
    ["AddToCart", ["tiktok"]],
    ["PageView", []],
  ]);
});

test("pageViews: tag, for whom the collector does not send to TikTok: page() once for each, and no id", async () => {
  const page = openKnown("https://shop.example/a");
  const pixel = page.pixel({ ...granted, tags: { tiktok: { pixelCode, pageViews: "tag" } }, pageViews: "automatic" });
  pixel.track("Search");
  page.window.history.pushState({}, "", "/b");
  await page.pass(1000);
  expect([...ttqOf(page)].slice(1)).toEqual([["page"], expect.arrayContaining(["track", "Search"]), ["page"]]);
  expect(received(page).map((event) => [event.name, event.tags])).toEqual([
    ["PageView", ["tiktok"]],
    ["Search", ["tiktok"]],
    ["PageView", ["tiktok"]],
  ]);
});

test("properties are renamed, values go as given: checking them is the collector's work", () => {
  const page = openKnown();
  page.pixel({ ...granted, tags }).track("Purchase", {
    currency: "eur",
    value: "9.99",
    contentType: "product",
    searchString: "x",
    orderId: 17,
    myOwn: { deepName: 1 },
    contents: [{ id: 1, price: "free" }, { quantity: 3 }, { id: "b", quantity: 2, name: "B", category: "C" }],
  } as never);
  expect([...ttqOf(page)].at(-1)).toEqual([
    "track",
    "Purchase",
    {
      currency: "eur",
      value: "9.99",
      content_type: "product",
      search_string: "x",
      order_id: 17,
      myOwn: { deepName: 1 },
      content_ids: ["1", "b"],
      contents: [
        { content_id: "1", price: "free" },
        { content_id: "b", quantity: 2, content_name: "B", content_category: "C" },
      ],
    },
    { event_id: expect.any(String) },
  ]);
});

test("several pixels: each is loaded, and gets every call under the same id", async () => {
  const page = openKnown();
  const codes = ["C111", "C222"];
  const pixel = page.pixel({ tags: { tiktok: { pixelCode: codes, pageViews: "tag" } } });
  pixel.consent({ advertising: true });
  pixel.page();
  const id = pixel.track("Search");
  pixel.identify({ email: "alice_abc@gmail.com" });
  pixel.consent({ advertising: false });
  const ttq = ttqOf(page);
  expect([...ttq]).toEqual([]);
  for (const code of codes) {
    expect([...(ttq._i?.[code] ?? [])]).toEqual([
      ["revokeConsent"],
      nobody,
      ["page"],
      ["track", "Search", {}, { event_id: id }],
      ["identify", { email, external_id: externalId }],
    ]);
  }
  expect(page.scripts().map(({ src }) => src)).toEqual(
    codes.map((code) => `https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=${code}&lib=ttq`),
  );
  expect(Object.keys(ttq._o ?? {})).toEqual(codes);
});

test("script address and nonce are options", () => {
  const page = openPage();
  page.pixel({
    ...granted,
    tags: { tiktok: { pixelCode, scriptUrl: "http://127.0.0.1:9/events.js", nonce: "n0nce" } },
  });
  expect(page.scripts().map(({ src, nonce }) => [src, nonce])).toEqual([
    [`http://127.0.0.1:9/events.js?sdkid=${pixelCode}&lib=ttq`, "n0nce"],
  ]);
});

test("the region us loads from its own host", () => {
  const page = openPage();
  page.pixel({ ...granted, tags: { tiktok: { pixelCode, region: "us" } } });
  expect(page.scripts().map(({ src }) => src)).toEqual([
    `https://analytics.us.tiktok.com/i18n/pixel/events.js?sdkid=${pixelCode}&lib=ttq`,
  ]);
  expect(ttqOf(page)._i?.[pixelCode]?._u).toBe("https://analytics.us.tiktok.com/i18n/pixel/events.js");
});

test.each([
  [{}, {}, { autoConfig: false }],
  [{ autoConfig: true }, {}, {}],
  [{ autoConfig: false }, {}, { autoConfig: false }],
  [{ agent: "Beaconry" }, {}, { autoConfig: false, partner: "Beaconry" }],
  [{}, { limitedDataUse: true }, { autoConfig: false, limited_data_use: true }],
  [
    { autoConfig: true, agent: "Beaconry" },
    { limitedDataUse: { country: 1, state: 1000 } },
    { limited_data_use: true, partner: "Beaconry" },
  ],
])("what is told at load: %o %o", (given, consent, expected) => {
  const page = openPage();
  page.pixel({ tags: { tiktok: { pixelCode, ...given } }, consent: { advertising: true, ...consent } });
  expect(ttqOf(page)._o).toEqual({ [pixelCode]: expected });
  expect(ttqOf(page)._partner).toBe("agent" in given ? given.agent : undefined);
});

test("identify comes before the events, hashed, under the library's names", () => {
  const page = openPage();
  const pixel = page.pixel({ tags });
  const id = pixel.track("ViewContent");
  pixel.identify({ email: " ALICE_abc@gmail.com ", phone: "+12133734253", externalId: "user_123", firstName: "Alice" });
  pixel.consent({ advertising: true });
  expect([...ttqOf(page)]).toEqual([
    ["identify", { email, phone_number: phone, external_id: externalId }],
    ["track", "ViewContent", {}, { event_id: id }],
  ]);
  pixel.identify({ firstName: "Alice" });
  // Each call replaces the one before in the library, so it says all that is known.
  expect([...ttqOf(page)].at(-1)).toEqual(["identify", { email, phone_number: phone, external_id: externalId }]);
});

test("limited data use that comes later stops the tag until the next page", async () => {
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags });
  pixel.consent({ limitedDataUse: true });
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(methodsOf(page)).toEqual(["revokeConsent", "identify"]);
  expect(received(page)[0]).toMatchObject({ tags: [], consent: { limitedDataUse: true } });
});

test("a script that does not load is told as an error, and its tag takes no more events", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, tags });
  const errors = listen(pixel, "error");
  page.scripts()[0]?.onerror?.(new Event("error") as never);
  const calls = ttqOf(page).length;
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(errors).toEqual([{ message: expect.stringContaining("tiktok") }]);
  expect(ttqOf(page)).toHaveLength(calls);
  expect(received(page).map((event) => event.tags)).toEqual([[]]);
});

test("consent is revoked before what still waits for the script, and granted again", () => {
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags });
  pixel.track("Search");
  pixel.consent({ advertising: false });
  expect(methodsOf(page)).toEqual(["revokeConsent", "identify", "track"]);
  pixel.consent({ advertising: true });
  pixel.track("Search");
  expect(methodsOf(page)).toEqual(["revokeConsent", "identify", "track", "grantConsent", "track"]);
});

test("once the script has put its own in the place of the queue, that is called", () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, tags });
  const calls: unknown[][] = [];
  const note =
    (method: string) =>
    (...given: unknown[]) =>
      calls.push([method, ...given]);
  page.window.ttq = { track: note("track"), identify: note("identify"), revokeConsent: note("revokeConsent") };
  const id = pixel.track("Search");
  pixel.identify({ email: "alice_abc@gmail.com" });
  pixel.consent({ advertising: false });
  expect(calls).toEqual([
    ["track", "Search", {}, { event_id: id }],
    ["identify", { email, external_id: expect.any(String) }],
    ["revokeConsent"],
  ]);
});

test("a pixel of others that comes to our ttq later gets nothing of ours", () => {
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags });
  const ttq = page.window.ttq as Ttq;
  const before = ttq.length;
  // As TikTok's base code does where there is a ttq.
  ttq.load?.("OTHER");
  const id = pixel.track("Search");
  pixel.identify({ phone: "+1 213 373 4253" });
  expect(ttq).toHaveLength(before);
  expect([...(ttq._i?.OTHER ?? [])]).toEqual([]);
  expect([...(ttq._i?.[pixelCode] ?? [])]).toEqual([
    ["track", "Search", {}, { event_id: id }],
    ["identify", expect.objectContaining({ phone_number: expect.any(String) })],
  ]);
  pixel.consent({ advertising: false });
  for (const queue of [ttq, ttq._i?.[pixelCode]]) expect(queue?.[0]).toEqual(["revokeConsent"]);
});

describe("a ttq that is on the page already", () => {
  const openWithOther = () => {
    const page = openKnown();
    const loads: string[] = [];
    const existing = createTtq((code) => loads.push(code));
    existing._i = { OTHER: [] as unknown as never };
    page.window.ttq = existing;
    return { page, existing };
  };

  test("is used; calls go to our pixel alone", () => {
    const { page, existing } = openWithOther();
    const pixel = page.pixel({ ...granted, tags: { tiktok: { pixelCode, pageViews: "tag" } } });
    pixel.identify({ email: "alice_abc@gmail.com" });
    pixel.page();
    const id = pixel.track("Search");
    expect(page.window.ttq).toBe(existing);
    expect([...existing]).toEqual([]);
    expect(Object.keys(existing._i ?? {})).toEqual(["OTHER", pixelCode]);
    expect([...(existing._i?.[pixelCode] ?? [])]).toEqual([
      nobody,
      ["identify", { email, external_id: externalId }],
      ["page"],
      ["track", "Search", {}, { event_id: id }],
    ]);
    expect([...(existing._i?.OTHER ?? [])]).toEqual([]);
    expect(page.scripts()).toHaveLength(1);
  });

  test("is not loaded again for a pixel that it has", () => {
    const { page, existing } = openWithOther();
    existing._i = { [pixelCode]: [] as unknown as never };
    page.pixel({ ...granted, tags }).track("Search");
    expect(page.scripts()).toEqual([]);
    expect([...(existing._i?.[pixelCode] ?? [])].map((call) => (call as unknown[])[0])).toEqual(["identify", "track"]);
  });
});
