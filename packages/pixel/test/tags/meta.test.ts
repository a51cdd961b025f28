import { describe, expect, test } from "vitest";
import { createFbq, type Fbq } from "../../src/tags/meta.js";
import { listen, openPage, received, type TestPage } from "../page.js";

const pixelId = "1234567890";
const tags = { meta: { pixelId } };
const granted = { consent: { advertising: true } };
const fbqOf = ({ window }: TestPage) => window.fbq as Fbq;
const queueOf = (page: TestPage) => fbqOf(page).queue.map((call) => Array.from(call));
/** The published hash of `user_123`, put in as this browser's anonymous id. */
const userHash = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";
const nobody = { external_id: userHash };
/** A page of a browser whose anonymous id is `user_123`. */
function openKnown(url?: string): TestPage {
  const page = openPage(url);
  page.window.localStorage.setItem("beaconry.id", '"user_123"');
  return page;
}
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
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags, pageViews: "automatic" });
  const id = pixel.track("AddToCart", { currency: "EUR", value: 0, contents: [{ id: 7, quantity: 2, price: 9.99 }] });
  const custom = pixel.track("SubmitForm");
  const fbq = fbqOf(page);
  expect((page.window as unknown as { _fbq: unknown })._fbq).toBe(fbq);
  expect(fbq.disablePushState).toBe(true);
  expect(fbq.allowDuplicatePageViews).toBe(true);
  await page.pass(1000);
  expect(queueOf(page)).toEqual([
    ["set", "autoConfig", false, pixelId],
    ["init", pixelId, nobody],
    ["trackSingle", pixelId, "PageView", {}, { eventID: received(page)[0]?.id }],
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
  expect(received(page).map((event) => [event.name, event.tags])).toEqual([
    ["PageView", ["meta"]],
    ["AddToCart", ["meta"]],
    ["SubmitForm", ["meta"]],
  ]);
});

test("properties are renamed, values go as given: checking them is the collector's work", () => {
  const page = openKnown();
  page.pixel({ ...granted, tags }).track("Purchase", {
    currency: "eur",
    value: "9.99",
    contentType: "shoe",
    searchString: "x",
    orderId: 17,
    myOwn: { deepName: 1 },
    contents: [{ id: 1, price: "free" }, { quantity: 3 }, { id: "b", quantity: 2, brand: "B" }],
  } as never);
  expect(queueOf(page).at(-1)?.[3]).toEqual({
    currency: "eur",
    value: "9.99",
    content_type: "shoe",
    search_string: "x",
    order_id: 17,
    myOwn: { deepName: 1 },
    content_ids: ["1", "b"],
    // Meta requires a quantity of each.
    contents: [{ id: "b", quantity: 2, brand: "B" }],
  });
});

test("content_ids and num_items that are given stay", () => {
  const page = openKnown();
  page
    .pixel({ ...granted, tags })
    .track("ViewContent", { contentIds: ["mine"], numItems: 9, contents: [{ id: "a", quantity: 1 }] });
  expect(queueOf(page).at(-1)?.[3]).toEqual({
    content_ids: ["mine"],
    num_items: 9,
    contents: [{ id: "a", quantity: 1 }],
  });
});

test("several pixels: each is initialised, and gets every event under the same id; one script", async () => {
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags: { meta: { pixelId: ["111", "222"] } } });
  const id = pixel.track("Search", { searchString: "shoes" });
  expect(queueOf(page)).toEqual([
    ["set", "autoConfig", false, "111"],
    ["init", "111", nobody],
    ["set", "autoConfig", false, "222"],
    ["init", "222", nobody],
    ["trackSingle", "111", "Search", { search_string: "shoes" }, { eventID: id }],
    ["trackSingle", "222", "Search", { search_string: "shoes" }, { eventID: id }],
  ]);
  expect(page.scripts()).toHaveLength(1);
  await page.pass(1000);
  expect(received(page).map((event) => event.tags)).toEqual([["meta"]]);
});

test("script address and nonce are options", () => {
  const page = openPage();
  page.pixel({ ...granted, tags: { meta: { pixelId, scriptUrl: "http://127.0.0.1:9/fbevents.js", nonce: "n0nce" } } });
  expect(page.scripts().map(({ src, nonce }) => [src, nonce])).toEqual([["http://127.0.0.1:9/fbevents.js", "n0nce"]]);
});

test("autoConfig lets the script send events of its own", () => {
  for (const autoConfig of [true, false, undefined]) {
    const page = openKnown();
    page.pixel({ ...granted, tags: { meta: { pixelId, autoConfig } } });
    expect(queueOf(page).filter(([method]) => method === "set")).toEqual(
      autoConfig ? [] : [["set", "autoConfig", false, pixelId]],
    );
  }
});

test("the agent is told twice, as partners do: on fbq and with init", () => {
  const page = openKnown();
  page.pixel({ ...granted, tags: { meta: { pixelId, agent: "plBeaconry" } } });
  expect(fbqOf(page).agent).toBe("plBeaconry");
  expect(queueOf(page).at(-1)).toEqual(["init", pixelId, nobody, { agent: "plBeaconry" }]);
  const without = openKnown();
  without.pixel({ ...granted, tags });
  expect(fbqOf(without)).not.toHaveProperty("agent");
  expect(queueOf(without).at(-1)).toEqual(["init", pixelId, nobody]);
});

test("advanced matching goes with init, hashed, one value a key", () => {
  const page = openKnown();
  const pixel = page.pixel({ tags });
  pixel.identify({ email: [" ALICE_abc@gmail.com ", "bob@example.com"], gender: "f" });
  pixel.consent({ advertising: true });
  pixel.identify({ lastName: "Lovelace" });
  const inits = queueOf(page).filter(([method]) => method === "init");
  expect(inits).toEqual([["init", pixelId, { ...nobody, em: email, ge: expect.stringMatching(/^[0-9a-f]{64}$/) }]]);
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
  const page = openKnown();
  const pixel = page.pixel({ ...granted, tags });
  pixel.consent({ limitedDataUse: true });
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(queueOf(page)).toEqual([
    ["consent", "revoke"],
    ["set", "autoConfig", false, pixelId],
    ["init", pixelId, nobody],
  ]);
  expect(received(page)[0]).toMatchObject({ tags: [], consent: { limitedDataUse: true } });
});

describe("a script that does not load", () => {
  test("is told as an error, and its tag takes no more events; the other vendor's goes on", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags: { ...tags, tiktok: { pixelCode: "C1" } } });
    const errors = listen(pixel, "error");
    const before = pixel.track("ViewContent");
    page.scripts()[0]?.onerror?.(new Event("error") as never);
    pixel.track("Search");
    await page.pass(1000);
    expect(errors).toEqual([{ message: expect.stringContaining("meta") }]);
    expect(queueOf(page).filter(([method]) => method === "trackSingle")).toEqual([
      ["trackSingle", pixelId, "ViewContent", {}, { eventID: before }],
    ]);
    // What it took before that was known is named: the collector sends its copy in any case.
    expect(received(page).map((event) => event.tags)).toEqual([["meta", "tiktok"], ["tiktok"]]);
  });

  test("nor one that throws", async () => {
    const page = openPage();
    page.window.fbq = () => {
      throw new Error("not ours");
    };
    const pixel = page.pixel({ tags });
    const errors = listen(pixel, "error");
    pixel.consent({ advertising: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page).map((event) => event.tags)).toEqual([[]]);
    expect(errors).toEqual([{ message: expect.stringContaining("meta"), error: expect.any(Error) }]);
  });

  test("nor one that begins to throw", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    fbqOf(page).callMethod = () => {
      throw new Error("not ours");
    };
    pixel.track("ViewContent");
    pixel.track("Search");
    pixel.consent({ advertising: false });
    pixel.consent({ advertising: true });
    pixel.track("Contact");
    await page.pass(1000);
    expect(received(page).map((event) => [event.name, event.tags])).toEqual([["Contact", []]]);
  });
});

describe("an fbq that is on the page already", () => {
  test("is used, with the script that came with it", () => {
    const page = openKnown();
    const existing = createFbq();
    existing("init", "999");
    page.window.fbq = existing;
    const id = page.pixel({ ...granted, tags }).track("Search");
    expect(page.window.fbq).toBe(existing);
    expect(page.scripts()).toEqual([]);
    expect(queueOf(page)).toEqual([
      ["init", "999"],
      ["set", "autoConfig", false, pixelId],
      ["init", pixelId, nobody],
      ["trackSingle", pixelId, "Search", {}, { eventID: id }],
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

  test("nor when its script has come and emptied the queue", () => {
    const page = openPage();
    const calls: unknown[][] = [];
    page.window.fbq = Object.assign(createFbq(), {
      callMethod: (...call: unknown[]) => calls.push(call),
      getState: () => ({ pixels: [{ id: "999" }, { id: pixelId }] }),
    });
    const id = page.pixel({ ...granted, tags: { meta: { pixelId: [pixelId, "111"] } } }).track("Search");
    expect(calls.filter(([method]) => method === "init").map(([, given]) => given)).toEqual(["111"]);
    expect(calls.at(-1)).toEqual(["trackSingle", "111", "Search", {}, { eventID: id }]);
  });

  test("once loaded is called directly, also to revoke", () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    const calls: unknown[][] = [];
    fbqOf(page).callMethod = (...call) => calls.push(call);
    const id = pixel.track("Search");
    pixel.consent({ advertising: false });
    expect(calls).toEqual([
      ["trackSingle", pixelId, "Search", {}, { eventID: id }],
      ["consent", "revoke"],
    ]);
  });
});

test("an event held since another address is left to the collector", async () => {
  const page = openPage("https://shop.example/a");
  const pixel = page.pixel({ tags: { ...tags, tiktok: { pixelCode: "C1" } } });
  pixel.track("ViewContent");
  page.window.history.pushState({}, "", "/b");
  pixel.track("ViewContent");
  pixel.consent({ advertising: true });
  await page.pass(1000);
  expect(received(page).map((event) => [event.context.page?.url, event.tags])).toEqual([
    ["https://shop.example/a", []],
    ["https://shop.example/b", ["meta", "tiktok"]],
  ]);
  expect(queueOf(page).filter(([method]) => method === "trackSingle")).toHaveLength(1);
  expect((page.window.ttq as unknown[][]).filter(([method]) => method === "track")).toHaveLength(1);
});
