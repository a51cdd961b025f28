// @vitest-environment node
import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";
import { createSandbox } from "@beaconry/server/sandbox";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";
import { drillKill, drillOutage, drillPages, drillStay, drillTabs } from "../drill/scenarios.mjs";
import { startVendors } from "../drill/vendors.mjs";
import { bundleSnippet } from "./snippet-bundle.js";

/** The drills of `npm run drill`, short. */
let browser: Browser;
let script: string;

beforeAll(async () => {
  script = await bundleSnippet();
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

test("pages that are left at once: the vendors count every event once", async () => {
  const vendors = await startVendors({ createTracker, tiktokEvents, metaConversions, createSandbox });
  const { problems, tracked } = await drillPages({ browser, script, size: 20, vendors });
  await vendors.close();
  expect(problems).toEqual([]);
  // Three events and a page view of each, and the view of the page that stays.
  expect(tracked).toBe(81);
}, 120_000);

test.each(["cut", "503", "unanswered"] as const)(
  "the collector is down for a while (%s): no event is lost",
  async (manner) => {
    const { problems, tracked } = await drillOutage({ browser, script, size: 18 }, manner);
    expect(problems).toEqual([]);
    expect(tracked).toBe(73);
  },
  120_000,
);

test("a page that stays while the collector is down sends all once it is up", async () => {
  const { problems, tracked } = await drillStay({ browser, script });
  expect(problems).toEqual([]);
  expect(tracked).toBe(61);
}, 120_000);

test("two tabs that share their storage, with an outage: no event is lost", async () => {
  const { problems, tracked } = await drillTabs({ browser, script, size: 20 });
  expect(problems).toEqual([]);
  expect(tracked).toBe(82);
}, 120_000);

test("a tab killed when track has returned: the next page sends what it stored", async () => {
  const { problems, tracked } = await drillKill({ browser, script, size: 4 });
  expect(problems).toEqual([]);
  // Two pages that stay, after the third and the last.
  expect(tracked).toBe(18);
}, 120_000);

test("killed tabs that leave more events than one page has room for", async () => {
  const { problems, tracked } = await drillKill({ browser, script, size: 3, times: 150 });
  expect(problems).toEqual([]);
  expect(tracked).toBe(1_354);
}, 120_000);
