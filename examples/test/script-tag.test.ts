import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import { launchChromium } from "../../scripts/launch-chromium.mjs";
import "../../packages/server/dist/vitest.js";
import { type RunningExample, settingsOf, startExample } from "./run-example.js";
import { visit } from "./visit.js";

let sandbox: Sandbox;
let example: RunningExample;
let browser: Browser;
beforeAll(async () => {
  sandbox = await createSandbox();
  example = await startExample("script-tag", settingsOf(sandbox));
  browser = await launchChromium();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await browser.close();
  await example.stop();
  await sandbox.close();
});

it("tells both vendors of page, product and purchase, each counted once", async () => {
  const { page, context, leaks, asked } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?fbclid=IwAR0Demo&ttclid=E.C.P.Demo`, { waitUntil: "networkidle" });
  expect(asked).toEqual([]);
  expect(await context.cookies()).toEqual([]);

  await page.click("text=Yes");
  await page.fill("[name=email]", " Ada@Example.com ");
  await page.click("text=Buy");
  for (const vendor of ["tiktok", "meta"] as const) {
    for (const name of ["ViewContent", "Purchase"]) {
      await expect(sandbox).toHaveReceived(name, { vendor, side: "browser" });
      await expect(sandbox).toHaveReceived(name, { vendor, side: "server" });
      await expect(sandbox).toHaveReceived(name, { vendor, outcome: "counted", times: 1 });
    }
    await expect(sandbox).toHaveReceived("PageView", { vendor, outcome: "counted", times: 1 });
  }
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "meta.conversions",
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em", "fbc", "fbp"]),
    properties: { value: 9.99, currency: "EUR" },
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "tiktok.events",
    matchKeys: expect.arrayContaining(["email", "ip", "ttclid", "user_agent"]),
    properties: { value: 9.99, currency: "EUR" },
  });
  expect(leaks).toEqual([]);
  await context.close();
});

it("tells nobody of a visitor who says no", async () => {
  const { page, context, asked } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?visitor=refuses`);
  await page.click("text=No");
  await page.fill("[name=email]", "ada@example.com");
  await page.click("text=Buy");
  await page.reload({ waitUntil: "networkidle" });
  expect(await page.isVisible("#banner")).toBe(false);
  expect(asked).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(JSON.stringify(sandbox.requests())).not.toContain("refuses");
  await context.close();
});

it("has the stub that the package builds", () => {
  const page = readFileSync(new URL("../script-tag/public/index.html", import.meta.url), "utf8");
  const stub = readFileSync(new URL("../../packages/pixel/dist/stub.js", import.meta.url), "utf8").trim();
  expect(page).toContain(stub.replace('"use strict";', ""));
});
