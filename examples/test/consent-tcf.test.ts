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
  const settings = settingsOf(sandbox);
  const vite = join(inject("installed"), "node_modules/vite/bin/vite.js");
  await run("consent-tcf", [vite, "build", "--mode", "sandbox"], settings);
  example = await startExample("consent-tcf", settings);
  browser = await launchChromium();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await browser.close();
  await example.stop();
  await sandbox.close();
});

it("waits for the platform's word, tells both vendors, remembers it, and stops when it is withdrawn", async () => {
  const { page, context, asked } = await visit(browser, sandbox);
  await page.goto(example.url, { waitUntil: "networkidle" });
  await page.waitForSelector("text=Waits for your answer.");
  expect(asked).toEqual([]);
  await page.click("text=Accept all");
  await page.waitForSelector("text=Sent to the collector.");
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("ViewContent", { vendor, side: "server", times: 1 });
    await expect(sandbox).toHaveReceived("ViewContent", { vendor, outcome: "counted", times: 1 });
  }

  await page.reload();
  await page.click("text=Add to cart");
  await expect(sandbox).toHaveReceived("AddToCart", {
    endpoint: "meta.conversions",
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "fbp"]),
  });
  await expect(sandbox).toHaveReceived("AddToCart", {
    endpoint: "tiktok.events",
    matchKeys: expect.arrayContaining(["ip", "user_agent"]),
  });

  await page.click("text=Privacy choices");
  await page.click("text=Refuse all");
  const before = asked.length;
  await page.click("text=Add to cart");
  await page.waitForSelector("text=Not sent: consent.");
  await page.reload({ waitUntil: "networkidle" });
  await page.click("text=Add to cart");
  await page.waitForSelector("text=Not sent: consent.");
  expect(asked.slice(before)).toEqual([]);
  expect((await context.cookies()).filter(({ name }) => ["_fbc", "_fbp", "ttclid"].includes(name))).toEqual([]);
  await context.close();
});

it("tells nobody when only some of the purposes are allowed", async () => {
  const { page, context, asked } = await visit(browser, sandbox);
  await page.goto(example.url);
  await page.check("[name='1']");
  await page.check("[name='7']");
  await page.click("text=Save");
  await page.waitForSelector("text=Not sent: consent.");
  await page.click("text=Add to cart");
  await page.reload({ waitUntil: "networkidle" });
  expect(asked).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
});
