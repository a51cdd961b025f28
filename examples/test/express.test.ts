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
  example = await startExample("express", settingsOf(sandbox));
  browser = await launchChromium();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await browser.close();
  await example.stop();
  await sandbox.close();
});

it("counts one purchase of the page's, the collector's and the server's own", async () => {
  const { page, context, leaks } = await visit(browser, sandbox);
  await page.goto(`${example.url}/?fbclid=IwAR0Demo&ttclid=E.C.P.Demo`);
  await page.click("text=Yes");
  await page.fill("[name=email]", "ada@example.com");
  const [answer] = await Promise.all([page.waitForResponse("**/orders"), page.click("text=Pay")]);
  const { id } = await answer.json();
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("InitiateCheckout", { vendor, outcome: "counted", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, id, side: "browser", times: 1 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor, id, side: "server", times: 1 });
  }
  // The page's copy has come to the collector as well, and has been recognised there.
  await page.evaluate("pixel.flush()");
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("Purchase", { vendor, side: "server", times: 1 });
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
  await page.click("text=Pay");
  await page.waitForSelector("text=Thank you!");
  await page.reload({ waitUntil: "networkidle" });
  expect(asked).toEqual([]);
  expect(JSON.stringify(sandbox.requests())).not.toContain("refuses");
  await context.close();
});

it("tells nobody of an order that failed", async () => {
  const { page, context } = await visit(browser, sandbox);
  await page.goto(example.url);
  await page.route("**/orders", (route) => route.fulfill({ status: 503 }));
  await page.click("text=Yes");
  await page.fill("[name=email]", "ada@example.com");
  await page.click("text=Pay");
  await page.waitForSelector("text=please try again");
  await page.evaluate("pixel.flush()");
  await expect(sandbox).toHaveReceived("InitiateCheckout", { vendor: "meta", side: "server" });
  await expect(sandbox).not.toHaveReceived("Purchase");
  await context.close();
});

it.each(["{}", "[]", '{"email":1}', '"x"', "{", '"ada@example.com'])(
  "refuses an order without an address: %s",
  async (body) => {
    const answer = await fetch(`${example.url}/orders`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    expect(answer.status).toBe(400);
    await expect(sandbox).not.toHaveReceived("Purchase");
  },
);
