import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import { launchChromium } from "../../scripts/launch-chromium.mjs";
import "../../packages/server/dist/vitest.js";
import { type RunningExample, run, settingsOf, startExample } from "./run-example.js";
import { visit } from "./visit.js";

let sandbox: Sandbox;
let example: RunningExample;
let browser: Browser;
beforeAll(async () => {
  sandbox = await createSandbox();
  const settings = {
    ...settingsOf(sandbox),
    NEXT_PUBLIC_TIKTOK_PIXEL_CODE: "C0DEMO00000000000000",
    NEXT_PUBLIC_TIKTOK_SCRIPT_URL: "http://127.0.0.1:4010/i18n/pixel/events.js",
    NEXT_PUBLIC_META_PIXEL_ID: "1000000000001",
    NEXT_PUBLIC_META_SCRIPT_URL: "http://127.0.0.1:4010/en_US/fbevents.js",
    NEXT_MANUAL_SIG_HANDLE: "true",
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const next = join(inject("installed"), "node_modules/next/dist/bin/next");
  await run("next", [next, "build"], settings);
  example = await startExample("next", settings, [next, "start", "--hostname", "127.0.0.1", "--port", "0"]);
  browser = await launchChromium();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await browser.close();
  await example.stop();
  await sandbox.close();
});

it("counts one purchase of the page's, the collector's and the server action's", async () => {
  const { page, context, leaks } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?fbclid=IwAR0Demo&ttclid=E.C.P.Demo`);
  await page.click("text=Yes");
  await page.fill("[name=email]", "ada@example.com");
  await page.click("text=Buy");
  await page.waitForURL("**/thanks?order=*");
  const id = new URL(page.url()).searchParams.get("order") ?? "";
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("PageView", { vendor, outcome: "counted", times: 2 });
    await expect(sandbox).toHaveReceived("ViewContent", { vendor, outcome: "counted", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, id, side: "browser", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, id, side: "server", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, outcome: "counted", times: 1 });
  }
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "meta.conversions",
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em", "fbc", "fbp"]),
    properties: { value: 9.99, currency: "EUR", order_id: id },
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "tiktok.events",
    matchKeys: expect.arrayContaining(["email", "ip", "ttclid", "user_agent"]),
    properties: { value: 9.99, currency: "EUR", order_id: id },
  });
  expect(leaks).toEqual([]);
  await context.close();
});

it("takes the order of a visitor who says no, and tells nobody", async () => {
  const { page, context, asked } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?visitor=refuses`);
  await page.click("text=No");
  await page.fill("[name=email]", "ada@example.com");
  await page.click("text=Buy");
  await page.waitForURL("**/thanks?order=*");
  await page.reload({ waitUntil: "networkidle" });
  expect(asked).toEqual([]);
  expect(JSON.stringify(sandbox.requests())).not.toContain("refuses");
  await context.close();
});
