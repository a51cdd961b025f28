import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { requireBuiltPage } from "./built-page.js";
import { metaEvent, tikTokBody, tikTokEvent, toMeta, toTikTok } from "./calls.js";

let browser: Browser;
let sandbox: Sandbox;
beforeAll(async () => {
  requireBuiltPage();
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.close());

const seconds = () => Math.floor(Date.now() / 1_000);

/** Each kind of row: joined, counted, refused, with warnings. */
async function fill(): Promise<void> {
  const event = (more: Record<string, unknown>) => metaEvent({ event_time: seconds(), ...more });
  await toMeta(sandbox, [
    event({}),
    event({ event_id: "e-2", event_name: "Purchase" }),
    event({ event_id: undefined }),
  ]);
  await fetch(`${sandbox.url}/tr?id=1234567890&ev=AddToCart&eid=e-1`);
  await toMeta(sandbox, [event({ event_id: "e-3", event_time: 5 })]);
  await toTikTok(sandbox, tikTokBody([tikTokEvent({ event_time: seconds() })]));
  await toTikTok(sandbox, tikTokBody([tikTokEvent({ page: { url: 5 } })]));
  sandbox.faults.add({ kind: "latency", delay: 1, endpoint: "tiktok.events" });
}

const views: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ["an event's details", (page) => page.locator(".rows .row.event").last().click()],
  ["a refused request's details", (page) => page.locator(".rows .row.request").first().click()],
  ["the overview", (page) => page.keyboard.press("o")],
  ["the faults", (page) => page.keyboard.press("f")],
  ["the help", (page) => page.keyboard.press("?")],
];
const screens = [
  ["light", { colorScheme: "light", viewport: { width: 1440, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1440, height: 900 } }],
  ["narrow", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
] as const;

async function seriousIssues(page: Page): Promise<string[]> {
  // Without transitions half-way through, which are no colours to be judged.
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

describe.each(screens)("%s", (_, options) => {
  test("while nothing has come", async () => {
    const page = await browser.newPage({ ...options, bypassCSP: true });
    await page.goto(sandbox.url);
    await page.locator(".empty").waitFor();
    expect(await seriousIssues(page)).toEqual([]);
    await page.close();
  });

  test.each(views)("with %s", async (_, open) => {
    await fill();
    const page = await browser.newPage({ ...options, bypassCSP: true });
    await page.goto(sandbox.url);
    await page.locator(".rows .row.request").first().waitFor();
    await open(page);
    await page.waitForTimeout(300);
    expect(await seriousIssues(page)).toEqual([]);
    await page.close();
  });
});
