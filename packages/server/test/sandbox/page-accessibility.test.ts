import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { tiktokBusiness } from "../../src/tiktok-business/index.js";
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
  await fillBusiness();
}

/** A segment that was filled, a lead that somebody takes, and one that nobody does. */
async function fillBusiness(): Promise<void> {
  const { audiences, subscriptions } = tiktokBusiness({
    accessToken: "token",
    baseUrl: sandbox.url,
    app: { id: "700", secret: "s-1" },
  });
  const accountId = "7000000000000000001";
  const segment = await audiences.segments.create(accountId, "Visitors");
  const people = [{ email: "ada@shop.example" }];
  await audiences.segments.add({ accountIds: [accountId], segmentIds: [segment], people });
  sandbox.submitLead({ answers: { name: "Ada" } });
  await subscriptions.subscribe({ accountId, callbackUrl: "http://127.0.0.1:9/leads" });
  sandbox.submitLead({ answers: { name: "Grace" } });
}

/** Opens a view, and in it what is closed at first. */
const open = (view: string) => async (page: Page) => {
  await page.evaluate((name) => {
    location.hash = name;
  }, view);
  await page
    .locator(view === "accounts" ? ".account" : "details.item")
    .first()
    .waitFor();
  for (const one of await page.locator("details.item > summary").all()) await one.click();
};

const views = {
  "the list": async () => undefined,
  "an event": (page: Page) => page.locator(".rows .row.event").last().click(),
  "a refused request": (page: Page) => page.locator(".rows .row.request").first().click(),
  "the overview": (page: Page) => page.keyboard.press("o"),
  "the faults": (page: Page) => page.keyboard.press("f"),
  "the ad accounts": open("accounts"),
  "the audiences": open("audiences"),
  "the leads": open("leads"),
  "the help": (page: Page) => page.keyboard.press("?"),
};
type View = keyof typeof views;
const ofBusiness: readonly View[] = ["the ad accounts", "the audiences", "the leads"];

const wide = { width: 1440, height: 900 };
const screens: readonly (readonly [string, BrowserContextOptions, readonly View[]])[] = [
  [
    "light",
    { colorScheme: "light", viewport: wide },
    ["an event", "a refused request", "the overview", "the faults", ...ofBusiness, "the help"],
  ],
  ["dark", { colorScheme: "dark", viewport: wide }, ["an event", "the overview", "the faults", ...ofBusiness]],
  ["narrow", { colorScheme: "light", viewport: { width: 390, height: 844 } }, ["the list", "an event", ...ofBusiness]],
];

async function seriousIssues(page: Page): Promise<string[]> {
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] }),
  );
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

test.each(screens)("axe-core finds nothing serious: %s", { timeout: 60_000 }, async (_, options, shown) => {
  // Its own code is let in past the page's policy.
  const page = await browser.newPage({ ...options, bypassCSP: true, reducedMotion: "reduce" });
  await page.goto(sandbox.url);
  await page.evaluate(axe.source);
  await page.locator(".empty").waitFor();
  expect(await seriousIssues(page), "while nothing has come").toEqual([]);
  for (const view of ["audiences", "leads"]) {
    await page.evaluate((name) => {
      location.hash = name;
    }, view);
    await page.locator(".nothing-yet").waitFor();
    expect(await seriousIssues(page), `no ${view}`).toEqual([]);
  }
  await page.keyboard.press("1");
  await fill();
  await page.locator(".rows .row.request").first().waitFor();
  for (const view of shown) {
    await views[view](page);
    if (view === "an event" || view === "a refused request") await page.locator(".json").last().waitFor();
    expect(await seriousIssues(page), view).toEqual([]);
  }
  await page.close();
});
