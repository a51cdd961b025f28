import { expect, test, vi } from "vitest";
import { type BeaconryGlobal, installGlobal } from "../src/global.js";
import { queueCalls } from "../src/queue-calls.js";
import { endpoint } from "./page.js";

interface Page {
  beaconry?: BeaconryGlobal | [string, ...unknown[]][];
}

const options = { endpoint, pageViews: "manual" };

test("defines beaconry.createPixel", () => {
  const page: Page = {};
  installGlobal(page);
  expect(page.beaconry).toMatchObject({ createPixel: expect.any(Function) });
});

test("replays what a stub queued: create first, then the rest in order", async () => {
  const heard: string[] = [];
  const page: Page = {
    beaconry: [
      ["track", "ViewContent"],
      ["create", options],
      ["on", "held", () => heard.push("held")],
      ["track", "AddToCart", { currency: "EUR", value: 1 }],
      ["noSuchMethod"],
      ["toString"],
    ],
  };
  installGlobal(page);
  const beaconry = page.beaconry as BeaconryGlobal;
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 2 });
  expect(heard).toEqual(["held"]);
  // Pages go on using push, whether the script is there or not.
  beaconry.push(["track", "Search"], ["page"]);
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 4 });
});

test("calls before any create wait for it", async () => {
  const page: Page = { beaconry: [["track", "ViewContent"]] };
  installGlobal(page);
  const beaconry = page.beaconry as BeaconryGlobal;
  expect(beaconry.pixel).toBeUndefined();
  beaconry.push(["create", options]);
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 1 });
  const first = beaconry.pixel;
  beaconry.push(["create", options]);
  expect(beaconry.pixel).toBe(first);
});

test.each([
  ["null", null],
  ["undefined", undefined],
  ["a number", 5],
  ["an object", {}],
  ["a text", "track"],
  ["an empty list", []],
  ["no name", [{}]],
])("what is no call spoils no other: %s", async (_, junk) => {
  const page: Page = { beaconry: [["create", options], junk as never, ["track", "ViewContent"]] };
  installGlobal(page);
  const beaconry = page.beaconry as BeaconryGlobal;
  beaconry.push(junk as never, ["track", "Search"]);
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 2 });
});

test("has the pixel's methods, which wait for create, and create itself", async () => {
  const page: Page = {};
  installGlobal(page);
  const beaconry = page.beaconry as BeaconryGlobal;
  beaconry.track?.("ViewContent");
  beaconry.push(["page"]);
  beaconry.create({ endpoint, pageViews: "manual" });
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 2 });
  expect(beaconry.track?.("ViewContent", {}, { id: "mine" })).toBe("mine");
  expect(await beaconry.flush?.()).toMatchObject({ pending: 3 });
  const first = beaconry.pixel;
  beaconry.create({ endpoint: "/other" });
  expect(beaconry.pixel).toBe(first);
  expect(beaconry.sample(0)({ id: "1" } as never)).toBeUndefined();
});

test("wrong options throw there as well", () => {
  const page: Page = {};
  installGlobal(page);
  expect(() => (page.beaconry as BeaconryGlobal).push(["create", { endpont: "/x" }])).toThrow("endpoint is missing");
});

test("a second copy of the script changes nothing", () => {
  const page: Page = {};
  installGlobal(page);
  const first = page.beaconry;
  installGlobal(page);
  expect(page.beaconry).toBe(first);
});

test("a stub that comes once more, after the script, loses no call", async () => {
  const page: Page = {};
  installGlobal(page);
  const stub = () => queueCalls(page as Parameters<typeof queueCalls>[0]);
  stub();
  const beaconry = page.beaconry as BeaconryGlobal;
  beaconry.track?.("ViewContent");
  beaconry.create(options as never);
  beaconry.track?.("Search");
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 2 });
  stub();
  beaconry.track?.("Contact");
  beaconry.create({ endpoint: "/other" });
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 3 });
});

test("the snippet installs it in the window", async () => {
  vi.stubGlobal("beaconry", [["create", options], ["page"]]);
  await import("../src/snippet.js");
  const { beaconry } = window as unknown as { beaconry: BeaconryGlobal };
  expect(await beaconry.pixel?.flush()).toMatchObject({ pending: 1 });
  vi.unstubAllGlobals();
});
