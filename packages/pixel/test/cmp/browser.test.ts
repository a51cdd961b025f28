// @vitest-environment node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EnvelopeEvent } from "@beaconry/core";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import type { Pixel } from "../../src/pixel.js";
import type { Platform } from "./platform.js";
import type { Shop } from "./shop.js";

/** Real Chromium: a real pixel, told by a consent platform alone. */
let browser: Browser;
let page: Page;
let server: Server;
let origin: string;
let collected: EnvelopeEvent[];
let errors: string[];

/** The page's globals. */
declare global {
  interface Window {
    shop: Shop;
    pixel: Pixel;
    platform: Platform;
    gtag(...command: unknown[]): void;
  }
}

/** The pixel and its followers, from the sources. */
async function bundleShop(): Promise<string> {
  const path = (relative: string) => new URL(relative, import.meta.url).pathname;
  const { outputFiles } = await build({
    entryPoints: [path("shop.ts")],
    tsconfig: path("../../tsconfig.json"),
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    external: ["@beaconry/core/phone"],
  });
  return outputFiles[0]?.text ?? "";
}

const start = "window.pixel = shop.createPixel({ endpoint: '/collect', batch: { maxDelay: 0 } });";

const scripts: Record<string, string> = {
  "/tcf": `shop.installStub(window); ${start} shop.followTcf(pixel);`,
  "/tcf-late": `${start} shop.followTcf(pixel);`,
  "/google": `window.dataLayer = window.dataLayer || [];
    function gtag() { dataLayer.push(arguments); }
    gtag("consent", "default", {
      ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", wait_for_update: 500,
    });
    ${start} shop.followGoogleConsent(pixel);`,
};

beforeAll(async () => {
  const script = await bundleShop();
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/shop.js") return response.setHeader("Content-Type", "text/javascript").end(script);
    if (pathname === "/collect") {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      collected.push(...JSON.parse(body).events);
      return response.writeHead(202).end(JSON.stringify({ accepted: [], rejected: [] }));
    }
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script src="/shop.js"></script>
      <script>${scripts[pathname] ?? ""}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server?.close(resolve));
});

beforeEach(async () => {
  collected = [];
  errors = [];
  page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => errors.push(error.message));
});

afterEach(async () => {
  await page.context().close();
  expect(errors).toEqual([]);
});

const names = () => collected.map(({ name }) => name);
const stored = () => page.evaluate(() => ({ ...localStorage, ...sessionStorage }));
const cookies = async () => (await page.context().cookies()).map(({ name }) => name).sort();

/** Before a choice, nothing of ours is anywhere. */
async function expectNothing(): Promise<void> {
  await page.evaluate(() => {
    window.pixel.identify({ email: "ada@example.com" });
    window.pixel.track("ViewContent");
  });
  await page.waitForTimeout(1_500);
  expect(names()).toEqual([]);
  expect(await cookies()).toEqual([]);
  expect(await stored()).toEqual({});
}

async function expectAccepted(): Promise<void> {
  await expect.poll(names, { timeout: 10_000 }).toEqual(["PageView", "ViewContent"]);
  expect(await cookies()).toEqual(["_fbc", "_fbp"]);
  expect(JSON.parse((await stored())["beaconry.consent"] ?? "")).toMatchObject({ advertising: true });
}

/** Nothing of ours is left but the refusal itself, and what is tracked now goes nowhere. */
async function expectRefused(): Promise<void> {
  const before = collected.length;
  expect(await cookies()).toEqual([]);
  const { "beaconry.consent": choice = "", ...rest } = await stored();
  expect(JSON.parse(choice)).toMatchObject({ advertising: false });
  expect(rest).toEqual({});
  await page.evaluate(() => window.pixel.track("AddToCart"));
  await page.waitForTimeout(1_500);
  expect(collected).toHaveLength(before);
}

test("TCF: nothing before the choice, events after a yes, everything erased after a no", async () => {
  await page.goto(`${origin}/tcf?fbclid=AbC`);
  // The platform's script comes, and asks.
  await page.evaluate(() => {
    window.platform = window.shop.loadPlatform(window as Parameters<Shop["loadPlatform"]>[0]);
    window.platform.showQuestion();
  });
  await expectNothing();
  await page.evaluate(() => window.platform.confirm([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  await expectAccepted();
  await page.evaluate(() => {
    window.platform.showQuestion();
    window.platform.confirm([]);
  });
  await expectRefused();
}, 30_000);

test("TCF: a platform without a stub, that comes late", async () => {
  await page.goto(`${origin}/tcf-late?fbclid=AbC`);
  await expectNothing();
  await page.evaluate(() => {
    window.platform = window.shop.loadPlatform(window as Parameters<Shop["loadPlatform"]>[0]);
    window.platform.loadStored([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
  await expectAccepted();
}, 30_000);

test("Google: nothing under the default, events after a yes, everything erased after a no", async () => {
  await page.goto(`${origin}/google?fbclid=AbC`);
  await expectNothing();
  await page.evaluate(() =>
    window.gtag("consent", "update", { ad_storage: "granted", ad_user_data: "granted", ad_personalization: "granted" }),
  );
  await expectAccepted();
  await page.evaluate(() =>
    window.gtag("consent", "update", { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied" }),
  );
  await expectRefused();
}, 30_000);
