// `pnpm run screenshots`, after a build: photographs the sandbox's page into docs/images/, as a shop and a load fill it.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drive } from "../examples/shop/demo/drive.ts";
import { startDemo } from "../examples/shop/demo/start.ts";
import { createSandbox } from "../packages/server/dist/sandbox.js";
import { createTraffic, seeded } from "../packages/server/drill/traffic.mjs";
import { findChromium } from "./chromium.mjs";
import { launchChromium } from "./launch-chromium.mjs";

const folder = new URL("../docs/images/", import.meta.url);
const wide = { viewport: { width: 1440, height: 900 }, timezoneId: "UTC", reducedMotion: "reduce" };
const narrow = { ...wide, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
/** How many copies the load sends, and over which time it seems to have come, ms. */
const copies = 5_000;
const span = 175_000;

process.env.CHROMIUM_PATH = await findChromium();
mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
try {
  {
    await using sandbox = await createSandbox({ port: 4010 });
    await photograph("sandbox-empty", sandbox.url, wide);
  }
  {
    await using demo = await startDemo({ sandbox: 4010 });
    const { ok, report } = await drive(demo);
    if (!ok) throw new Error(report);
    await photograph("sandbox-shop", demo.sandbox.url, wide, async (page) => {
      await page.locator(".rows .row", { hasText: /Meta.*Purchase/s }).click();
      await page.getByText("Event as sent").waitFor();
    });
  }
  {
    await using sandbox = await load();
    await photograph("sandbox-faults", sandbox.url, wide, (page) => page.keyboard.press("f"));
    await photograph("sandbox-dark", sandbox.url, { ...wide, colorScheme: "dark" }, async (page) => {
      await page.getByRole("button", { name: /Refused/ }).click();
      await page.locator(".rows .row", { hasText: "40002" }).first().click();
      await page.locator(".marked").first().scrollIntoViewIfNeeded();
    });
    await photograph("sandbox-narrow", sandbox.url, narrow);
  }
} finally {
  await browser.close();
}

/** A sandbox with a shop's traffic of some minutes, and with faults. */
async function load() {
  let ahead = -span;
  const now = () => Date.now() + ahead;
  const sandbox = await createSandbox({ port: 4010, now, seed: 7 });
  const random = seeded(1);
  const traffic = createTraffic({ url: sandbox.url, random, now });
  sandbox.faults.add({ kind: "serverError", endpoint: "meta.conversions", probability: 0.004, status: 503 });
  sandbox.faults.add({ kind: "rateLimit", endpoint: "tiktok.events", probability: 0.003 });
  sandbox.faults.add({ kind: "latency", delay: [20, 80], probability: 0.02 });
  sandbox.faults.add({ kind: "cut", when: "after", endpoint: "tiktok.events", count: 3 });
  for (let sent = 0; sent < copies; ) {
    sent += await traffic.send(8 + random() * 40);
    ahead = Math.min(0, -span * (1 - sent / copies));
  }
  return sandbox;
}

async function photograph(name, url, options, act = async () => {}) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.locator(".status.live").waitFor();
  await act(page);
  // Until figures and charts are drawn, and no hint of a pointer is left.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, folder)) });
  await page.close();
}
