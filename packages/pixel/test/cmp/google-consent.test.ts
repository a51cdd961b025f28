import { beforeEach, describe, expect, test, vi } from "vitest";
import { watchDataLayer } from "../../src/cmp/data-layer.js";
import { followGoogleConsent } from "../../src/cmp/google-consent.js";
import { listenToGoogleConsent } from "../../src/cmp/listen-to-google-consent.js";
import { type CmpPage, openCmpPage } from "./page.js";

const types = ["ad_storage", "ad_user_data", "ad_personalization"];
const every = (state: string) => Object.fromEntries(types.map((type) => [type, state]));
const granted = every("granted");
const denied = every("denied");
/** Not remembered, and a choice wins over it. */
const byDefault = { advertising: true, asDefault: true };

let page: CmpPage;
beforeEach(() => {
  page = openCmpPage();
});
const follow = (name = "dataLayer") => listenToGoogleConsent(page.pixel, name, page);
const layer = (name = "dataLayer") => page.globals[name] as unknown[];

/** As Google's snippet has it: the data layer takes the `arguments` themselves. */
function gtag(..._command: unknown[]): void {
  page.globals.dataLayer ??= [];
  // biome-ignore lint/complexity/noArguments: what gtag is.
  layer().push(arguments);
}

/** What Google Tag Manager does to a data layer: its own `push` in front, the old one called, 300 entries kept. */
function loadTagManager(): void {
  const entries = layer();
  const push = entries.push;
  entries.push = function (...given: unknown[]) {
    // biome-ignore lint/complexity/noArguments: it passes on what it got.
    push.apply(entries, arguments as unknown as unknown[]);
    while (entries.length > 300) entries.shift();
    return given.length;
  };
}

describe("updates", () => {
  test("all three granted is a consent", () => {
    follow();
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test.each(types)("%s denied is a refusal", (type) => {
    follow();
    gtag("consent", "update", { ...granted, [type]: "denied" });
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("pushed before: the last state alone is told", () => {
    gtag("consent", "default", { ...denied, wait_for_update: 500 });
    gtag("consent", "update", granted);
    gtag("consent", "update", denied);
    follow();
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("a type that an update leaves out stays", () => {
    follow();
    gtag("consent", "update", granted);
    gtag("consent", "update", { analytics_storage: "denied" });
    expect(page.said).toEqual([{ advertising: true }]);
    gtag("consent", "update", { ad_personalization: "denied" });
    expect(page.said).toEqual([{ advertising: true }, { advertising: false }]);
    gtag("consent", "update", { ad_personalization: "granted" });
    expect(page.said.at(-1)).toEqual({ advertising: true });
  });

  test("the same again is not told again", () => {
    follow();
    gtag("consent", "update", granted);
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("of the first consent mode, with ad_storage alone, says nothing", () => {
    follow();
    gtag("consent", "default", denied);
    gtag("consent", "update", { ad_storage: "granted" });
    page.pass(2_000);
    expect(page.said).toEqual([]);
  });
});

describe("defaults", () => {
  test("denied is no refusal: nobody was asked", () => {
    gtag("consent", "default", { ...denied, wait_for_update: 500 });
    follow();
    page.pass(60_000);
    expect(page.said).toEqual([]);
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("granted is a consent until an update", () => {
    gtag("consent", "default", granted);
    follow();
    page.pass(0);
    expect(page.said).toEqual([byDefault]);
    gtag("consent", "update", denied);
    expect(page.said).toEqual([byDefault, { advertising: false }]);
  });

  test("granted waits for as long as it asks to", () => {
    follow();
    gtag("consent", "default", { ...granted, wait_for_update: 500 });
    page.pass(499);
    expect(page.said).toEqual([]);
    page.pass(1);
    expect(page.said).toEqual([byDefault]);
  });

  test("granted, but refused while it waits", () => {
    follow();
    gtag("consent", "default", { ...granted, wait_for_update: 500 });
    page.pass(100);
    gtag("consent", "update", denied);
    page.pass(1_000);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test.each([Number.POSITIVE_INFINITY, 1e12])("waits 10 s at most: %d", (wait) => {
    follow();
    gtag("consent", "default", { ...granted, wait_for_update: wait });
    page.pass(9_999);
    expect(page.said).toEqual([]);
    page.pass(1);
    expect(page.said).toEqual([byDefault]);
  });

  test.each([Number.NaN, -1, "soon", null])("a wait that is none is 0: %j", (wait) => {
    follow();
    gtag("consent", "default", { ...granted, wait_for_update: wait });
    page.pass(0);
    expect(page.said).toEqual([byDefault]);
  });

  test("update wins over a default that comes later", () => {
    follow();
    gtag("consent", "update", denied);
    gtag("consent", "default", granted);
    page.pass(1_000);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("fill in what updates leave out", () => {
    follow();
    gtag("consent", "default", { ...granted, ad_storage: "denied" });
    gtag("consent", "update", { ad_storage: "granted" });
    page.pass(0);
    expect(page.said).toEqual([byDefault]);
  });

  test("one type not granted: nothing is said", () => {
    follow();
    gtag("consent", "default", { ad_storage: "granted", ad_user_data: "granted" });
    gtag("consent", "default", { analytics_storage: "granted" });
    page.pass(1_000);
    expect(page.said).toEqual([]);
  });

  test("a later default for everybody wins over an earlier one", () => {
    gtag("consent", "default", granted);
    gtag("consent", "default", denied);
    follow();
    page.pass(1_000);
    expect(page.said).toEqual([]);
  });

  // Google: "the one with a more specific region will take effect", in whatever order they come.
  test.each([
    ["the region first", [{ ...denied, region: ["ES", "US-AK"] }, granted]],
    ["the region last", [granted, { ...denied, region: ["ES", "US-AK"] }]],
  ])("granted save in a region, which may be this one: %s", (_order, defaults) => {
    for (const settings of defaults) gtag("consent", "default", settings);
    follow();
    page.pass(1_000);
    expect(page.said).toEqual([]);
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("granted in a region, which may be another: nothing is said", () => {
    gtag("consent", "default", denied);
    gtag("consent", "default", { ...granted, region: ["US"] });
    follow();
    page.pass(1_000);
    expect(page.said).toEqual([]);
  });
});

describe("the data layer", () => {
  test("is created where it is missing", () => {
    follow();
    expect([...layer()]).toEqual([]);
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("may have another name", () => {
    follow("shopLayer");
    gtag("consent", "update", denied);
    expect(page.said).toEqual([]);
    layer("shopLayer").push(["consent", "update", granted]);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("keeps its push: answer, arguments, entries", () => {
    follow();
    const event = { event: "purchase" };
    expect(layer().push(event, 1, "two")).toBe(3);
    expect([...layer()]).toEqual([event, 1, "two"]);
    expect(layer()[0]).toBe(event);
    expect(layer().push()).toBe(3);
  });

  test("keeps what a push throws", () => {
    page.globals.dataLayer = Object.assign([], {
      push() {
        throw new RangeError("full");
      },
    });
    follow();
    expect(() => layer().push({})).toThrow(new RangeError("full"));
  });

  test("Tag Manager before us, and after us", () => {
    page.globals.dataLayer = [];
    loadTagManager();
    follow();
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }]);
    loadTagManager();
    gtag("consent", "update", denied);
    expect(page.said).toEqual([{ advertising: true }, { advertising: false }]);
    // Its own answer, as without us.
    expect(layer().push({}, {})).toBe(2);
  });

  test("entries that Tag Manager cut off are no reason to miss a new one", () => {
    follow();
    loadTagManager();
    for (let count = 0; count < 400; count++) layer().push({ event: "scroll" });
    gtag("consent", "update", granted);
    expect(layer()).toHaveLength(300);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("a push that was replaced is made up for within 1 s", () => {
    follow();
    layer().push = Array.prototype.push;
    gtag("consent", "update", denied);
    expect(page.said).toEqual([]);
    page.pass(1_000);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("another array in its place is heard as well, with the old entries told once", () => {
    gtag("consent", "update", granted);
    follow();
    page.globals.dataLayer = [...layer()];
    page.pass(1_000);
    expect(page.said).toEqual([{ advertising: true }]);
    gtag("consent", "update", denied);
    expect(page.said).toEqual([{ advertising: true }, { advertising: false }]);
  });

  test("an element of that name is left alone until there is an array", () => {
    const element = page.window.document.createElement("div");
    page.globals.dataLayer = element;
    follow();
    expect(page.globals.dataLayer).toBe(element);
    page.globals.dataLayer = [];
    gtag("consent", "update", granted);
    page.pass(1_000);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("two followers do not pile up", () => {
    follow();
    follow();
    page.pass(60_000);
    const { push } = layer();
    page.pass(60_000);
    expect(layer().push).toBe(push);
    gtag("consent", "update", granted);
    expect(page.said).toEqual([{ advertising: true }, { advertising: true }]);
  });
});

describe("junk", () => {
  const throws = {
    get 0() {
      throw new Error("mine");
    },
  };

  test.each([
    [null],
    [undefined],
    ["consent"],
    [7],
    [throws],
    [["consent"]],
    [["consent", "update"]],
    [["consent", "update", null]],
    [["consent", "update", "granted"]],
    [["consent", "revoke", denied]],
    [["set", "update", denied]],
    [["consent", "update", every("GRANTED")]],
    [["consent", "update", { ...granted, ad_storage: undefined }]],
    [["consent", "update", { ...granted, ad_storage: "maybe" }]],
    [{ event: "consent", 1: "update", 2: denied }],
  ])("says nothing, and the rest is heard: %#", (entry) => {
    page.globals.dataLayer = [entry];
    follow();
    expect(() => layer().push(entry)).not.toThrow();
    page.pass(1_000);
    expect(page.said).toEqual([]);
    gtag("consent", "update", denied);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("a frozen data layer, a getter that throws: the page goes on", () => {
    page.globals.dataLayer = Object.freeze([["consent", "update", denied]]);
    const end = follow();
    page.pass(1_000);
    expect(end).not.toThrow();
    expect(page.said).toEqual([{ advertising: false }]);
    Object.defineProperty(page.window, "theirs", {
      get() {
        throw new Error("mine");
      },
    });
    expect(() => follow("theirs")()).not.toThrow();
  });

  test("a pixel that throws stays out of the page's push, and out of its timers", () => {
    const pixel = {
      consent() {
        throw new Error("no");
      },
    };
    listenToGoogleConsent(pixel, "dataLayer", page);
    expect(layer().push(["consent", "default", granted])).toBe(1);
    expect(() => page.pass(0)).not.toThrow();
    expect(layer().push(["consent", "update", denied])).toBe(2);
  });
});

describe("the end", () => {
  test("gives push back, sets no more timers, says nothing more", () => {
    const entries: unknown[] = [];
    page.globals.dataLayer = entries;
    const push = entries.push;
    const end = follow();
    expect(entries.push).not.toBe(push);
    gtag("consent", "default", { ...granted, wait_for_update: 500 });
    end();
    end();
    expect(entries.push).toBe(push);
    gtag("consent", "update", granted);
    page.pass(60_000);
    expect(page.said).toEqual([]);
    expect(page.timers()).toBe(0);
  });

  test("Tag Manager's push over ours stays, and ours only passes on", () => {
    const heard: unknown[] = [];
    const end = watchDataLayer("dataLayer", page, (entries) => heard.push(...entries));
    loadTagManager();
    const { push } = layer();
    end();
    expect(layer().push).toBe(push);
    gtag("consent", "update", granted);
    page.pass(60_000);
    expect(layer()).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});

describe("followGoogleConsent", () => {
  test("is the same in the page it runs in", () => {
    const entries: unknown[] = [];
    const shop = window as unknown as Record<string, unknown>;
    shop.shopLayer = entries;
    const end = followGoogleConsent(page.pixel, { dataLayer: "shopLayer" });
    entries.push(["consent", "update", granted]);
    end();
    entries.push(["consent", "update", denied]);
    expect(page.said).toEqual([{ advertising: true }]);
    followGoogleConsent(page.pixel)();
    expect([...(shop.dataLayer as unknown[])]).toEqual([]);
  });

  test("does nothing on a server", () => {
    vi.stubGlobal("window", undefined);
    expect(followGoogleConsent(page.pixel)).not.toThrow();
    vi.unstubAllGlobals();
  });
});
