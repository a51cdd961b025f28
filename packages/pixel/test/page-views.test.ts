import { expect, test } from "vitest";
import { openPage, received, settle } from "./page.js";

const granted = { consent: { advertising: true } };

test("automatic: one at creation and one at every change of the address", async () => {
  const page = openPage("https://shop.example/a");
  page.pixel({ ...granted, pageViews: "automatic" });
  const { history, location } = page.window;
  history.replaceState({ scroll: 1 }, "");
  history.replaceState({}, "", "/a");
  history.pushState({}, "", "/b?x=1");
  history.pushState({}, "", "/b?x=1");
  history.pushState({}, "", "/b?x=1#part");
  location.hash = "#other";
  history.replaceState({}, "", "/c");
  await page.pass(1000);
  expect(received(page).map((event) => [event.name, event.context.page?.url])).toEqual([
    ["PageView", "https://shop.example/a"],
    ["PageView", "https://shop.example/b?x=1"],
    ["PageView", "https://shop.example/c"],
  ]);
  expect(new Set(received(page).map(({ id }) => id)).size).toBe(3);
});

test("going back counts, when the address is another", async () => {
  const page = openPage("https://shop.example/a");
  page.pixel({ ...granted, pageViews: "automatic" });
  page.window.history.pushState({}, "", "/b");
  page.window.history.back();
  await settle();
  if (page.window.location.href.endsWith("/b")) await new Promise((resolve) => setTimeout(resolve, 20));
  page.window.dispatchEvent(new page.window.Event("popstate"));
  page.window.dispatchEvent(new page.window.Event("popstate"));
  await page.pass(1000);
  expect(received(page).map((event) => event.context.page?.url)).toEqual([
    "https://shop.example/a",
    "https://shop.example/b",
    "https://shop.example/a",
  ]);
});

test("manual: none but those asked for", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, pageViews: "manual" });
  const own = page.window.history.pushState;
  page.window.history.pushState({}, "", "/b");
  const id = pixel.page();
  await page.pass(1000);
  expect(received(page).map((event) => [event.id, event.name])).toEqual([[id, "PageView"]]);
  expect(page.window.history.pushState).toBe(own);
});

test("the page's own history calls go on as before", () => {
  const page = openPage();
  page.pixel({ ...granted, pageViews: "automatic" });
  page.window.history.pushState({ mine: 1 }, "", "/b");
  expect(page.window.history.state).toEqual({ mine: 1 });
  expect(() => page.window.history.pushState({}, "", "https://elsewhere.example/")).toThrow();
});
