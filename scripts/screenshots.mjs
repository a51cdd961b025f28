// `pnpm run screenshots`, after a build: photographs the sandbox's page into docs/images/, as a shop and a load fill it.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drive } from "../examples/shop/demo/drive.ts";
import { startDemo } from "../examples/shop/demo/start.ts";
import { createSandbox } from "../packages/server/dist/sandbox.js";
import { tiktokBusiness } from "../packages/server/dist/tiktok-business.js";
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
  {
    await using sandbox = await market();
    const openFirst = (page) => page.locator("details.item > summary").first().click();
    await photograph("sandbox-audiences", `${sandbox.url}/#audiences`, wide, (page) =>
      page.locator("details.item", { hasText: "Customers" }).locator("summary").click(),
    );
    await photograph("sandbox-leads", `${sandbox.url}/#leads`, { ...wide, colorScheme: "dark" }, openFirst);
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

/** A sandbox with audiences in every state, leads, and a webhook that takes the second try. */
async function market() {
  let ahead = -3_600_000;
  const audienceDelay = 1_800_000;
  const sandbox = await createSandbox({ port: 4010, now: () => Date.now() + ahead, audienceDelay });
  const app = { id: "7012345678901234567", secret: "of-the-app" };
  const { audiences, leads, subscriptions } = tiktokBusiness({ accessToken: "any", baseUrl: sandbox.url, app });
  const accountId = "7000000000000000001";
  const folder = mkdtempSync(join(tmpdir(), "beaconry-screenshots-"));
  const upload = async (from, to, bad = 0) => {
    const hashes = Array.from({ length: to - from }, (_, at) =>
      createHash("sha256")
        .update(`${from + at}`)
        .digest("hex"),
    );
    const text = [...hashes, ...Array(bad).fill("no hash"), ""].join("\n");
    const path = join(folder, "part.csv");
    writeFileSync(path, text);
    return audiences.upload(accountId, { path, md5: createHash("md5").update(text).digest("hex"), schema: "email" });
  };
  const make = async (name, from, to, bad) =>
    audiences.create(accountId, { name, schema: "email", files: [await upload(from, to, bad)] });
  const customers = await make("Customers", 0, 17_490, 212);
  await make("Newsletter, too few", 0, 640);
  ahead += audienceDelay;
  await audiences.append(accountId, customers, [await upload(17_490, 18_950)]);
  const visitors = await audiences.segments.create(accountId, "Visitors of the last hour");
  const people = Array.from({ length: 1_240 }, (_, at) => ({ email: `p${at}@shop.example` }));
  await audiences.segments.add({ accountIds: [accountId], segmentIds: [visitors], people });
  ahead += audienceDelay;
  await audiences.remove(accountId, customers, [await upload(0, 804, 3)]);
  await make("Cart, not bought", 30_000, 32_210);
  let came = 0;
  const webhook = createServer((request, response) => {
    request.resume();
    response.writeHead(came++ === 0 ? 503 : 200).end();
  });
  await new Promise((resolve) => webhook.listen(8080, "127.0.0.1", resolve));
  await subscriptions.subscribe({ accountId, callbackUrl: "http://127.0.0.1:8080/leads/9f86d081884c7d659a2f" });
  await leads.createTestLead({ accountId, formId: "7400000000000000001" });
  await subscriptions.subscribe({ accountId, callbackUrl: "http://127.0.0.1:8081/crm", formId: "7400000000000000001" });
  sandbox.submitLead({ answers: { name: "Grace Hopper", email: "grace@example.com" } });
  const answers = { name: "Ada Lovelace", email: "ada@example.com", "Wann dürfen wir anrufen?": "abends" };
  sandbox.submitLead({ formId: "7400000000000000002", region: "eu", answers });
  const close = async () => {
    webhook.closeAllConnections();
    webhook.close();
    rmSync(folder, { recursive: true });
    await sandbox.close();
  };
  return { url: sandbox.url, [Symbol.asyncDispose]: close };
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
