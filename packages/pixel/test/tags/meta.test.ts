import { describe, expect, test } from "vitest";
import { createFbq, type Fbq } from "../../src/tags/meta.js";
import { openPage, received, type TestPage } from "../page.js";

const pixelId = "1234567890";
const tags = { meta: { pixelId } };
const granted = { consent: { advertising: true } };
const fbqOf = ({ window }: TestPage) => window.fbq as Fbq;
const queueOf = (page: TestPage) => fbqOf(page).queue.map((call) => Array.from(call));
const email = "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f";

test("the stub is that of Meta's base code", () => {
  const fbq = createFbq();
  expect(typeof fbq).toBe("function");
  expect(fbq.push).toBe(fbq);
  expect({ ...fbq }).toMatchObject({ loaded: true, version: "2.0", queue: [] });
  fbq("init", "1");
  expect(fbq.queue.map((call) => Array.from(call))).toEqual([["init", "1"]]);
  const calls: unknown[][] = [];
  fbq.callMethod = (...call) => calls.push(call);
  fbq("track", "PageView");
  expect(calls).toEqual([["track", "PageView"]]);
  expect(fbq.queue).toHaveLength(1);
});

test("under consent: script, settings, init, then events with their ids", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, tags, pageViews: "automatic" });
  const id = pixel.track("AddToCart", { currency: "eur", value: 0, contents: [{ id: 7, quantity: 2, price: 9.99 }] });
  const custom = pixel.track("SubmitForm");
  const fbq = fbqOf(page);
  expect((page.window as unknown as { _fbq: unknown })._fbq).toBe(fbq);
  expect(fbq.disablePushState).toBe(true);
  expect(fbq.allowDuplicatePageViews).toBe(true);
  expect(queueOf(page)).toEqual([
    ["set", "autoConfig", false, pixelId],
    ["init", pixelId, {}],
    ["trackSingle", pixelId, "PageView", {}, { eventID: "id-1" }],
    [
      "trackSingle",
      pixelId,
      "AddToCart",
      {
        currency: "EUR",
        value: 0,
        content_ids: ["7"],
        num_items: 2,
        contents: [{ id: "7", quantity: 2, item_price: 9.99 }],
      },
      { eventID: id },
    ],
    ["trackSingleCustom", pixelId, "SubmitForm", {}, { eventID: custom }],
  ]);
  expect(page.scripts().map(({ src, async, nonce }) => [src, async, nonce])).toEqual([
    ["https://connect.facebook.net/en_US/fbevents.js", true, undefined],
  ]);
  await page.pass(1000);
  expect(received(page).map((event) => event.tags)).toEqual([["meta"], ["meta"], ["meta"]]);
});

test("script address and nonce are options", () => {
  const page = openPage();
  page.pixel({ ...granted, tags: { meta: { pixelId, scriptUrl: "http://127.0.0.1:9/fbevents.js", nonce: "n0nce" } } });
  expect(page.scripts().map(({ src, nonce }) => [src, nonce])).toEqual([["http://127.0.0.1:9/fbevents.js", "n0nce"]]);
});

test("advanced matching goes with init, hashed, one value a key", () => {
  const page = openPage();
  const pixel = page.pixel({ tags });
  pixel.identify({ email: [" ALICE_abc@gmail.com ", "bob@example.com"], gender: "f" });
  pixel.consent({ advertising: true });
  pixel.identify({ lastName: "Lovelace" });
  const inits = queueOf(page).filter(([method]) => method === "init");
  expect(inits).toEqual([["init", pixelId, { em: email, ge: expect.stringMatching(/^[0-9a-f]{64}$/) }]]);
});

test("limited data use is said before init", () => {
  const page = openPage();
  page.pixel({ tags, consent: { advertising: true, limitedDataUse: { country: 1, state: 1000 } } });
  expect(queueOf(page).map(([method]) => method)).toEqual(["dataProcessingOptions", "set", "init"]);
  expect(queueOf(page)[0]).toEqual(["dataProcessingOptions", ["LDU"], 1, 1000]);
  const other = openPage();
  other.pixel({ tags, consent: { advertising: true, limitedDataUse: true } });
  expect(queueOf(other)[0]).toEqual(["dataProcessingOptions", ["LDU"], 0, 0]);
});

test("limited data use that comes later stops the tag until the next page", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, tags });
  pixel.consent({ limitedDataUse: true });
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(queueOf(page)).toEqual([
    ["consent", "revoke"],
    ["set", "autoConfig", false, pixelId],
    ["init", pixelId, {}],
  ]);
  expect(received(page)[0]).toMatchObject({ tags: [], consent: { limitedDataUse: true } });
});

describe("a script that does not load", () => {
  test("is not named in the envelope, as it stands at sending", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags: { ...tags, tiktok: { pixelCode: "C1" } } });
    pixel.track("ViewContent");
    page.scripts()[0]?.onerror?.(new Event("error") as never);
    await page.pass(1000);
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page).map((event) => event.tags)).toEqual([["tiktok"], ["tiktok"]]);
  });

  test("nor one that throws", async () => {
    const page = openPage();
    page.window.fbq = () => {
      throw new Error("not ours");
    };
    const pixel = page.pixel({ ...granted, tags });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page).map((event) => event.tags)).toEqual([[]]);
  });
});

describe("an fbq that is on the page already", () => {
  test("is used, with the script that came with it", () => {
    const page = openPage();
    const existing = createFbq();
    existing("init", "999");
    page.window.fbq = existing;
    page.pixel({ ...granted, tags }).track("Search");
    expect(page.window.fbq).toBe(existing);
    expect(page.scripts()).toEqual([]);
    expect(queueOf(page)).toEqual([
      ["init", "999"],
      ["set", "autoConfig", false, pixelId],
      ["init", pixelId, {}],
      ["trackSingle", pixelId, "Search", {}, { eventID: "id-1" }],
    ]);
  });

  test("is not initialised twice for the same pixel", () => {
    const page = openPage();
    const existing = createFbq();
    existing("init", Number(pixelId));
    page.window.fbq = existing;
    page.pixel({ ...granted, tags });
    expect(queueOf(page).filter(([method]) => method === "init")).toHaveLength(1);
  });

  test("once loaded is called directly, also to revoke", () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    const calls: unknown[][] = [];
    fbqOf(page).callMethod = (...call) => calls.push(call);
    pixel.track("Search");
    pixel.consent({ advertising: false });
    expect(calls).toEqual([
      ["trackSingle", pixelId, "Search", {}, { eventID: "id-1" }],
      ["consent", "revoke"],
    ]);
  });
});

test("an event held since another address is left to the collector", async () => {
  const page = openPage("https://shop.example/a");
  const pixel = page.pixel({ tags: { ...tags, tiktok: { pixelCode: "C1" } }, pageViews: "automatic" });
  page.window.history.pushState({}, "", "/b");
  page.window.location.hash = "#part";
  pixel.consent({ advertising: true });
  await page.pass(1000);
  expect(received(page).map((event) => [event.context.page?.url, event.tags])).toEqual([
    ["https://shop.example/a", []],
    ["https://shop.example/b", ["meta", "tiktok"]],
  ]);
  expect((page.window.ttq as unknown[][]).filter(([method]) => method === "page")).toHaveLength(1);
});
