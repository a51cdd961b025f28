import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import { launchChromium } from "../../scripts/launch-chromium.mjs";
import "../../packages/server/dist/vitest.js";
import { folderOf, type RunningExample, run, secrets, settingsOf, startExample } from "./run-example.js";
import { visit } from "./visit.js";

let sandbox: Sandbox;
let example: RunningExample;
let browser: Browser;
beforeAll(async () => {
  sandbox = await createSandbox();
  const settings = settingsOf(sandbox);
  const vite = join(inject("installed"), "node_modules/vite/bin/vite.js");
  await run("vite-react", [vite, "build", "--mode", "sandbox"], settings);
  example = await startExample("vite-react", settings);
  browser = await launchChromium();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await browser.close();
  await example.stop();
  await sandbox.close();
});

it("tracks a page view for each of the router's, what is shown, and one purchase", async () => {
  const { page, context } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?fbclid=IwAR0Demo&ttclid=E.C.P.Demo`);
  await page.click("text=Yes");
  await page.click("text=Wool socks");
  await page.fill("[name=email]", "ada@example.com");
  await page.click("text=Buy");
  await page.waitForURL("**/thanks");
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("PageView", { vendor, outcome: "counted", times: 3 });
    await expect(sandbox).toHaveReceived("ViewContent", { vendor, outcome: "counted", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, side: "browser", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, side: "server", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, outcome: "counted", times: 1 });
  }
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "meta.conversions",
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em", "fbc", "fbp"]),
    properties: { value: 9.99, currency: "EUR" },
    payload: { event_source_url: `${example.url}/thanks` },
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    endpoint: "tiktok.events",
    matchKeys: expect.arrayContaining(["email", "ip", "ttclid", "user_agent"]),
    properties: { value: 9.99, currency: "EUR" },
  });
  const views = sandbox.events().filter(({ endpoint, name }) => endpoint === "meta.conversions" && name === "PageView");
  expect(views.map(({ data }) => new URL(String(data.event_source_url)).pathname)).toEqual([
    "/",
    "/products/1234",
    "/thanks",
  ]);

  await page.reload();
  await expect(sandbox).toHaveReceived("PageView", { endpoint: "meta.conversions", times: 4 });
  await expect(sandbox).toHaveReceived("PageView", { endpoint: "tiktok.events", times: 4 });
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "meta", outcome: "counted", times: 1 });
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "tiktok", outcome: "counted", times: 1 });
  await context.close();
});

it("tells nobody of a visitor who says no", async () => {
  const { page, context, asked } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?visitor=refuses`);
  await page.click("text=No");
  await page.click("text=Wool socks");
  await page.reload({ waitUntil: "networkidle" });
  expect(await page.isVisible("text=Privacy choices")).toBe(true);
  expect(asked).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(JSON.stringify(sandbox.requests())).not.toContain("refuses");
  await context.close();
});

it("has no token in what is built", () => {
  const assets = join(folderOf("vite-react"), "dist/assets");
  const built = readdirSync(assets).map((name) => readFileSync(join(assets, name), "utf8"));
  expect(built.join("")).toContain("C0DEMO00000000000000");
  for (const secret of Object.values(secrets)) expect(built.join("")).not.toContain(secret);
});
