import { describe, expect, test } from "vitest";
import { openPage, received, settle, type TestPage } from "./page.js";

const automatic = { consent: { advertising: true }, pageViews: "automatic" } as const;

/** The paths of the page views that the collector got. */
const viewsOf = (page: TestPage) =>
  received(page)
    .filter(({ name }) => name === "PageView")
    .map((event) => event.context.page?.url?.replace("https://shop.example", ""));

/** A page on which each step is a script of its own, as one task of the browser. */
async function walk(url: string, ...steps: ((window: TestPage["window"]) => void)[]): Promise<TestPage> {
  const page = openPage(url);
  page.pixel(automatic);
  await page.pass(0);
  for (const step of steps) {
    step(page.window);
    await page.pass(0);
  }
  await page.pass(1000);
  return page;
}

const push = (url: string) => (window: TestPage["window"]) => window.history.pushState({}, "", url);
const replace = (url: string) => (window: TestPage["window"]) => window.history.replaceState({}, "", url);
/** As browsers do for a change of the part behind `#`. */
const goTo = (hash: string) => (window: TestPage["window"]) => {
  window.location.hash = hash;
  window.dispatchEvent(new window.Event("popstate"));
};

describe("automatic", () => {
  test("one at creation and one at every change of the address", async () => {
    const page = await walk("https://shop.example/a", push("/b?x=1"), push("/b?x=2"), push("/c"));
    expect(viewsOf(page)).toEqual(["/a", "/b?x=1", "/b?x=2", "/c"]);
    expect(new Set(received(page).map(({ id }) => id)).size).toBe(4);
  });

  test("the same address again is none", async () => {
    const page = await walk("https://shop.example/a", push("/a"), push("/b"), push("/b"), replace("/b"));
    expect(viewsOf(page)).toEqual(["/a", "/b"]);
  });

  test("a replacement within the same path is none, to another path is one", async () => {
    const page = await walk(
      "https://shop.example/a",
      (window) => window.history.replaceState({ scroll: 1 }, ""),
      replace("/a?filter=red"),
      replace("/a?filter=blue"),
      // Nor is what stands there then, when it is pushed.
      push("/a?filter=blue"),
      replace("/b"),
    );
    expect(viewsOf(page)).toEqual(["/a", "/b"]);
  });

  test("a redirect, push and replace in one go, is one, of where it led", async () => {
    const page = await walk("https://shop.example/a", (window) => {
      push("/account")(window);
      replace("/login?next=account")(window);
    });
    expect(viewsOf(page)).toEqual(["/a", "/login?next=account"]);
    const same = await walk("https://shop.example/a", (window) => {
      push("/b")(window);
      replace("/b?step=1")(window);
    });
    expect(viewsOf(same)).toEqual(["/a", "/b?step=1"]);
    const back = await walk("https://shop.example/a", (window) => {
      push("/b")(window);
      replace("/a")(window);
    });
    expect(viewsOf(back)).toEqual(["/a"]);
  });

  test("a redirect at the start is one as well", async () => {
    const page = openPage("https://shop.example/");
    page.pixel(automatic);
    page.window.history.replaceState({}, "", "/en/");
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/en/"]);
  });

  test("it is seen once the script is done, no sooner", async () => {
    const page = openPage("https://shop.example/a");
    page.pixel(automatic);
    expect(page.nextTimer()).toBe(0);
    expect(JSON.stringify(Object.keys(page.window.localStorage))).not.toContain("queue");
    await page.pass(0);
    expect(JSON.stringify(Object.keys(page.window.localStorage))).toContain("queue");
  });

  test("what is tracked on a page comes after its view", async () => {
    const page = openPage("https://shop.example/a");
    const pixel = page.pixel(automatic);
    pixel.track("ViewContent");
    page.window.history.pushState({}, "", "/b");
    pixel.track("AddToWishlist");
    await page.pass(1000);
    expect(received(page).map((event) => [event.name, event.context.page?.url])).toEqual([
      ["PageView", "https://shop.example/a"],
      ["ViewContent", "https://shop.example/a"],
      ["PageView", "https://shop.example/b"],
      ["AddToWishlist", "https://shop.example/b"],
    ]);
  });

  test("flush sends the one that is due", async () => {
    const page = openPage("https://shop.example/a");
    expect(await page.pixel(automatic).flush()).toMatchObject({ sent: 1, pending: 0 });
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/a"]);
  });

  test("page() on top of it is one more, as asked for", async () => {
    const page = openPage("https://shop.example/a");
    const id = page.pixel(automatic).page();
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/a", "/a"]);
    expect(received(page)[1]?.id).toBe(id);
  });

  test("routes behind # count, other parts do not", async () => {
    const page = await walk(
      "https://shop.example/a",
      goTo("#part"),
      goTo("#/cart"),
      goTo("#/cart"),
      goTo("#!pay"),
      goTo("#/"),
      push("/a#other"),
    );
    expect(viewsOf(page)).toEqual(["/a", "/a#/cart", "/a#!pay", "/a#/", "/a#other"]);
    const plain = await walk("https://shop.example/a#top", goTo("#part"), push("/a#x"), replace("/a#y"), goTo(""));
    expect(viewsOf(plain)).toEqual(["/a#top"]);
  });

  test("a route that replaces another counts, its query alone does not", async () => {
    const page = await walk("https://shop.example/#/a", replace("/#/b"), replace("/?x=1#/b"));
    expect(viewsOf(page)).toEqual(["/#/a", "/#/b"]);
  });

  test("going back counts, when the address is another", async () => {
    const page = openPage("https://shop.example/a");
    page.pixel(automatic);
    await page.pass(0);
    page.window.history.pushState({}, "", "/b");
    await page.pass(0);
    page.window.history.back();
    await settle();
    for (let turn = 0; turn < 100 && page.window.location.href.endsWith("/b"); turn++) await settle();
    page.window.dispatchEvent(new page.window.Event("popstate"));
    page.window.dispatchEvent(new page.window.Event("popstate"));
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/a", "/b", "/a"]);
  });
});

test("manual: none but those asked for", async () => {
  const page = openPage();
  const own = page.window.history.pushState;
  const pixel = page.pixel({ ...automatic, pageViews: "manual" });
  page.window.history.pushState({}, "", "/b");
  const id = pixel.page();
  await page.pass(1000);
  expect(received(page).map((event) => [event.id, event.name])).toEqual([[id, "PageView"]]);
  expect(page.window.history.pushState).toBe(own);
});

test("the page's own history calls go on as before", () => {
  const page = openPage();
  page.pixel(automatic);
  page.window.history.pushState({ mine: 1 }, "", "/b");
  expect(page.window.history.state).toEqual({ mine: 1 });
  expect(() => page.window.history.pushState({}, "", "https://elsewhere.example/")).toThrow();
});

describe("the Navigation API, where it is there", () => {
  /** `window.navigation`, whose change comes after that of the address, as in browsers. */
  const openWithNavigation = (url: string) => {
    const page = openPage(url);
    const navigation = new page.window.EventTarget();
    Object.defineProperty(page.window, "navigation", { value: navigation });
    return {
      page,
      async go(navigationType: string | null, to: string) {
        page.window.history.replaceState({}, "", to);
        navigation.dispatchEvent(Object.assign(new page.window.Event("currententrychange"), { navigationType }));
        await page.pass(0);
      },
    };
  };

  test("tells of changes, and the History API is left untouched", async () => {
    const { page, go } = openWithNavigation("https://shop.example/a");
    const { pushState, replaceState } = page.window.history;
    page.pixel(automatic);
    await page.pass(0);
    expect(page.window.history.pushState).toBe(pushState);
    expect(page.window.history.replaceState).toBe(replaceState);
    await go("push", "/b");
    await go("push", "/b#part");
    await go("traverse", "/a");
    await go("replace", "/a?filter=red");
    await go("replace", "/c");
    // `navigation.updateCurrentEntry`: only the state has changed.
    await go(null, "/c");
    await go("reload", "/c");
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/a", "/b", "/a", "/c"]);
  });

  test("a redirect is one there as well", async () => {
    const { page, go } = openWithNavigation("https://shop.example/a");
    page.pixel(automatic);
    await page.pass(0);
    const steps = [go("push", "/account"), go("replace", "/login")];
    await Promise.all(steps);
    await page.pass(1000);
    expect(viewsOf(page)).toEqual(["/a", "/login"]);
  });
});
