// @vitest-environment node
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvelopeEvent } from "@beaconry/core";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "tsup";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

/** Real Chromium, for what a DOM imitation can not show: cookies, beacons at navigation, keepalive, an own script. */
let browser: Browser;
let page: Page;
let server: Server;
let origin: string;
/** All that was asked of the server, save pages and the snippet. */
let log: string[];
let collected: EnvelopeEvent[];
const types = new Set<string | undefined>();

/** The script that `dist` has, made from the sources as they are. */
async function bundleSnippet(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "beaconry-pixel-"));
  const path = (relative: string) => new URL(relative, import.meta.url).pathname;
  const core = path("../../core/src/");
  await build({
    config: false,
    silent: true,
    entry: { beaconry: path("../src/snippet.ts") },
    outDir,
    format: "iife",
    target: "es2022",
    platform: "browser",
    esbuildPlugins: [
      {
        name: "core from its sources",
        setup({ onResolve }) {
          onResolve({ filter: /^@beaconry\/core\/phone$/ }, ({ path }) => ({ path, external: true }));
          onResolve({ filter: /^@beaconry\/core$/ }, () => ({ path: `${core}index.ts` }));
          onResolve({ filter: /^@beaconry\/core\/(meta|tiktok)$/ }, ({ path }) => ({
            path: `${core}${path.split("/").at(-1)}/index.ts`,
          }));
          onResolve({ filter: /^#sha256$/ }, () => ({ path: `${core}user/sha256.ts` }));
        },
      },
    ],
  });
  const script = await readFile(join(outDir, "beaconry.global.js"), "utf8");
  await rm(outDir, { recursive: true });
  return script;
}

beforeAll(async () => {
  const script = await bundleSnippet();
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/beaconry.global.js") return response.setHeader("Content-Type", "text/javascript").end(script);
    if (pathname === "/" || pathname === "/next") {
      return response.setHeader("Content-Type", "text/html").end(html);
    }
    log.push(`${request.method} ${pathname}`);
    if (pathname === "/collect") {
      types.add(request.headers["content-type"]?.toLowerCase());
      const { events } = JSON.parse(await readBody(request));
      collected.push(...events);
      return response.writeHead(202).end(JSON.stringify({ accepted: [], rejected: [] }));
    }
    if (pathname.endsWith(".js")) return response.writeHead(pathname === "/missing.js" ? 404 : 200).end();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server?.close(resolve));
});

beforeEach(async () => {
  log = [];
  collected = [];
  page = await (await browser.newContext()).newPage();
});

afterEach(async () => page.context().close());

const html = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script>window.beaconry = window.beaconry || []; beaconry.push(["create", {
  endpoint: "/collect",
  tags: {
    meta: { pixelId: "1234567890", scriptUrl: "/fbevents.js" },
    tiktok: { pixelCode: "CABCDEF0123456789XYZ", scriptUrl: "/missing.js" },
  },
}])</script>
<script src="/beaconry.global.js"></script>`;

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

/** What the page's script can call. */
declare global {
  interface Window {
    beaconry: import("../src/global.js").BeaconryGlobal;
  }
}

test("without an answer: no cookie, nothing stored, nothing asked of the server", async () => {
  await page.goto(`${origin}/?fbclid=AbC&ttclid=E.C.P`);
  await page.evaluate(() => window.beaconry.push(["track", "ViewContent"], ["identify", { email: "ada@example.com" }]));
  await page.waitForTimeout(1500);
  await page.goto(`${origin}/next`);
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).toEqual({});
  expect(log).toEqual([]);
}, 30_000);

test("agreed: events arrive with click ids, hashed keys, and the tag that loaded", async () => {
  await page.goto(`${origin}/?fbclid=AbC&ttclid=E.C.P`);
  await page.evaluate(() => {
    window.beaconry.push(["identify", { email: "ada@example.com" }], ["consent", { advertising: true }]);
    window.beaconry.push(["track", "AddToCart", { currency: "EUR", value: 21.97 }]);
  });
  await expect.poll(() => collected.length, { timeout: 10_000 }).toBe(2);
  expect(collected.map(({ name, tags }) => [name, tags])).toEqual([
    ["PageView", ["meta"]],
    ["AddToCart", ["meta"]],
  ]);
  expect(log).toEqual(["GET /fbevents.js", "GET /missing.js", "POST /collect"]);
  const [event] = collected;
  expect(event?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(event?.context).toMatchObject({
    source: "web",
    page: { url: `${origin}/?fbclid=AbC&ttclid=E.C.P`, title: "Shop" },
  });
  expect(event?.context.clicks?.ttclid).toBe("E.C.P");
  expect(event?.matchKeys?.meta?.em).toBe("b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72");
  const cookies = Object.fromEntries((await page.context().cookies()).map((cookie) => [cookie.name, cookie]));
  expect(Object.keys(cookies).sort()).toEqual(["_fbc", "_fbp", "ttclid"]);
  expect(cookies._fbc).toMatchObject({ value: event?.context.clicks?.fbc, path: "/", sameSite: "Lax", secure: false });
  const days = ((cookies.ttclid?.expires ?? 0) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
}, 30_000);

test("a page that tracks and navigates away at once loses none", async () => {
  await page.goto(origin);
  await page.evaluate(() => window.beaconry.push(["consent", { advertising: true }]));
  await expect.poll(() => collected.length, { timeout: 10_000 }).toBe(1);
  for (let round = 0; round < 10; round++) {
    const left = page.waitForURL(`${origin}/next?${round}`);
    // The navigation may end the call before it answers.
    const leave = page.evaluate((number) => {
      for (let count = 0; count < 5; count++)
        window.beaconry.push(["track", "ViewContent", { contentIds: [`${number}-${count}`] }]);
      location.href = `/next?${number}`;
    }, round);
    await Promise.all([leave.catch(() => {}), left]);
    await page.waitForLoadState();
  }
  const names = () => collected.filter(({ name }) => name === "ViewContent");
  await expect.poll(() => names().length, { timeout: 10_000 }).toBe(50);
  await expect.poll(() => collected.length, { timeout: 10_000 }).toBe(61);
  expect(new Set(collected.map(({ id }) => id)).size).toBe(61);
  // By fetch and by beacon alike; a Blob writes its type in lower case.
  expect([...types]).toEqual(["text/plain;charset=utf-8"]);
}, 60_000);

test("refused: cookies and storage are empty again, save the refusal", async () => {
  await page.goto(`${origin}/?fbclid=AbC`);
  await page.evaluate(() => {
    window.beaconry.push(["consent", { advertising: true }], ["identify", { email: "ada@example.com" }]);
    // biome-ignore lint/suspicious/noDocumentCookie: as a vendor's script writes it.
    document.cookie = "_ttp=abc; path=/; max-age=1000";
  });
  expect((await page.context().cookies()).map(({ name }) => name).sort()).toEqual(["_fbc", "_fbp", "_ttp"]);
  await page.evaluate(() => window.beaconry.push(["consent", { advertising: false }]));
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ "beaconry.consent": '{"advertising":false}' });
  await page.waitForTimeout(1500);
  expect(log).not.toContain("POST /collect");
}, 30_000);

test("national numbers without an import map: an issue, not an unhandled rejection", async () => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(origin);
  const path = await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.beaconry.push(["on", "issue", ({ issue }: { issue: { path: string } }) => resolve(issue.path)]);
        window.beaconry.push(["identify", { phone: "(213) 373-4253", country: "US" }]);
      }),
  );
  expect(path).toBe("user.phone");
  expect(errors).toEqual([]);
}, 30_000);
