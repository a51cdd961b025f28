import { describe, expect, test } from "vitest";
import { createTtq, type Ttq } from "../../src/tags/tiktok.js";
import { openPage, received, start, type TestPage } from "../page.js";

const pixelCode = "CABCDEF0123456789XYZ";
const tags = { tiktok: { pixelCode } };
const granted = { consent: { advertising: true } };
const ttqOf = ({ window }: TestPage) => window.ttq as Ttq;
const methodsOf = (page: TestPage) => (page.window.ttq as unknown[][]).map(([method]) => method);
const email = "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f";
const phone = "9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd";
const externalId = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";

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

test("under consent: script, load, then page and track with the event id", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, tags, pageViews: "automatic" });
  const id = pixel.track("AddToCart", { currency: "eur", value: 0, contents: [{ id: 7, quantity: 2, price: 9.99 }] });
  const ttq = ttqOf(page);
  expect((page.window as unknown as { TiktokAnalyticsObject: unknown }).TiktokAnalyticsObject).toBe("ttq");
  expect([...ttq]).toEqual([
    ["page"],
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
  expect(ttq._i?.[pixelCode]).toEqual(Object.assign([], { _u: "https://analytics.tiktok.com/i18n/pixel/events.js" }));
  expect(ttq._i?.[pixelCode]?._u).toBe("https://analytics.tiktok.com/i18n/pixel/events.js");
  expect(ttq._t).toEqual({ [pixelCode]: start });
  expect(ttq._o).toEqual({ [pixelCode]: {} });
  expect(page.scripts().map(({ src, async }) => [src, async])).toEqual([
    [`https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=${pixelCode}&lib=ttq`, true],
  ]);
  await page.pass(1000);
  expect(received(page).map((event) => event.tags)).toEqual([["tiktok"], ["tiktok"]]);
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

test("identify comes before the events, hashed, under the library's names", () => {
  const page = openPage();
  const pixel = page.pixel({ tags });
  pixel.track("ViewContent");
  pixel.identify({ email: " ALICE_abc@gmail.com ", phone: "+12133734253", externalId: "user_123", firstName: "Alice" });
  pixel.consent({ advertising: true });
  expect([...ttqOf(page)][0]).toEqual(["identify", { email, phone_number: phone, external_id: externalId }]);
  expect([...ttqOf(page)][1]).toEqual(["track", "ViewContent", {}, { event_id: "id-1" }]);
  pixel.identify({ firstName: "Alice" });
  // Each call replaces the one before in the library, so it says all that is known.
  expect([...ttqOf(page)].at(-1)).toEqual(["identify", { email, phone_number: phone, external_id: externalId }]);
});

test("limited data use is an option of load", () => {
  const page = openPage();
  page.pixel({ tags, consent: { advertising: true, limitedDataUse: true } });
  expect(ttqOf(page)._o).toEqual({ [pixelCode]: { limited_data_use: true } });
});

test("a script that does not load is not named", async () => {
  const page = openPage();
  page.pixel({ ...granted, tags }).track("ViewContent");
  page.scripts()[0]?.onerror?.(new Event("error") as never);
  await page.pass(1000);
  expect(received(page).map((event) => event.tags)).toEqual([[]]);
});

test("consent is revoked before what still waits for the script, and after it once loaded", () => {
  const waiting = openPage();
  const first = waiting.pixel({ ...granted, tags });
  first.track("Search");
  first.consent({ advertising: false });
  expect(methodsOf(waiting)).toEqual(["revokeConsent", "track"]);
  const loaded = openPage();
  const second = loaded.pixel({ ...granted, tags });
  loaded.scripts()[0]?.onload?.(new Event("load"));
  second.track("Search");
  second.consent({ advertising: false });
  expect(methodsOf(loaded)).toEqual(["track", "revokeConsent"]);
});

describe("a ttq that is on the page already", () => {
  const openWithOther = () => {
    const page = openPage();
    const loads: string[] = [];
    const existing = createTtq((code) => loads.push(code));
    existing._i = { OTHER: [] as unknown as never };
    page.window.ttq = existing;
    return { page, existing };
  };

  test("is used; calls go to our pixel alone", () => {
    const { page, existing } = openWithOther();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ email: "alice_abc@gmail.com" });
    pixel.page();
    pixel.track("Search");
    expect(page.window.ttq).toBe(existing);
    expect([...existing]).toEqual([]);
    expect(Object.keys(existing._i ?? {})).toEqual(["OTHER", pixelCode]);
    expect([...(existing._i?.[pixelCode] ?? [])]).toEqual([
      ["identify", { email }],
      ["page"],
      ["track", "Search", {}, { event_id: "id-2" }],
    ]);
    expect([...(existing._i?.OTHER ?? [])]).toEqual([]);
    expect(page.scripts()).toHaveLength(1);
  });

  test("is not loaded again for a pixel that it has", () => {
    const { page, existing } = openWithOther();
    existing._i = { [pixelCode]: [] as unknown as never };
    page.pixel({ ...granted, tags }).track("Search");
    expect(page.scripts()).toEqual([]);
    expect([...(existing._i?.[pixelCode] ?? [])]).toHaveLength(1);
  });
});
