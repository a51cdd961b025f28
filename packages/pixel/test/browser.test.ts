// @vitest-environment node
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EnvelopeEvent } from "@beaconry/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";
import { bundleSnippet } from "./snippet-bundle.js";

/** Real Chromium, for what a DOM imitation can not show: cookies, beacons at navigation, keepalive, an own script. */
let browser: Browser;
let page: Page;
let server: Server;
let origin: string;
/** All that was asked of the server, save pages and the snippet. */
let log: string[];
let collected: EnvelopeEvent[];
/** What the collector answers; `undefined`: it takes all. */
let status: number | undefined;
/** Where requests to it are sent on to, and by which status. */
let redirect: [status: number, to: string] | undefined;
const types = new Set<string | undefined>();

beforeAll(async () => {
  const script = await bundleSnippet();
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/beaconry.global.js") return response.setHeader("Content-Type", "text/javascript").end(script);
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (pathname === "/" || pathname.startsWith("/next")) {
      return response.setHeader("Content-Type", "text/html").end(html);
    }
    log.push(`${request.method} ${pathname}`);
    if (pathname === "/collect" && redirect) return response.writeHead(redirect[0], { Location: redirect[1] }).end();
    if (pathname === "/collect" || pathname === "/collect/") {
      types.add(request.headers["content-type"]?.toLowerCase());
      const { events } = JSON.parse(await readBody(request));
      if (status) return response.writeHead(status).end();
      collected.push(...events);
      return response.writeHead(202).end(JSON.stringify({ accepted: [], rejected: [] }));
    }
    if (pathname.endsWith(".js")) return response.writeHead(pathname === "/missing.js" ? 404 : 200).end();
    response.writeHead(204).end();
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
  log = [];
  collected = [];
  status = undefined;
  redirect = undefined;
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

/** The events that arrived, each once: one that a page left in a beacon is sent again by the next, under the same id. */
function arrived(): EnvelopeEvent[] {
  return [...new Map(collected.map((event) => [event.id, event])).values()];
}

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

/** How many events this page's origin keeps. */
const storedEvents = () =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("beaconry.queue.")).length);

/** Another tab of the same person, with what it said. */
async function openTab(path = "/"): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(origin + path);
  return tab;
}

const agree = (tab: Page) => tab.evaluate(() => window.beaconry.push(["consent", { advertising: true }]));

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
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(2);
  // TikTok hears of page views by the collector. That its script can not be loaded was not known yet.
  expect(arrived().map(({ name, tags }) => [name, tags])).toEqual([
    ["PageView", ["meta"]],
    ["AddToCart", ["meta", "tiktok"]],
  ]);
  expect(log.filter((line) => line !== "POST /collect").sort()).toEqual(["GET /fbevents.js", "GET /missing.js"]);
  await page.evaluate(() => window.beaconry.push(["track", "Search"]));
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(3);
  expect(arrived()[2]?.tags).toEqual(["meta"]);
  const [event] = arrived();
  expect(event?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(event?.context).toMatchObject({
    source: "web",
    page: { url: `${origin}/?fbclid=AbC&ttclid=E.C.P`, title: "Shop" },
  });
  expect(event?.context.clicks?.ttclid).toBe("E.C.P");
  expect(event?.matchKeys?.meta?.external_id).toMatch(/^[0-9a-f]{64}$/);
  expect(event?.matchKeys?.meta?.em).toBe("b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72");
  const cookies = Object.fromEntries((await page.context().cookies()).map((cookie) => [cookie.name, cookie]));
  expect(Object.keys(cookies).sort()).toEqual(["_fbc", "_fbp", "ttclid"]);
  expect(cookies._fbc).toMatchObject({ value: event?.context.clicks?.fbc, path: "/", sameSite: "Lax", secure: false });
  const days = ((cookies.ttclid?.expires ?? 0) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
  // All are taken, so none is kept.
  await expect
    .poll(() => page.evaluate(() => Object.keys(localStorage).sort()), { timeout: 10_000 })
    .toEqual(["beaconry.consent", "beaconry.id", "beaconry.keys"]);
}, 30_000);

test("a page that tracks and navigates away at once loses none", async () => {
  await page.goto(origin);
  await page.evaluate(() => window.beaconry.push(["consent", { advertising: true }]));
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(1);
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
  const views = () => arrived().flatMap(({ properties }) => ("contentIds" in properties ? properties.contentIds : []));
  await expect.poll(() => views().length, { timeout: 20_000 }).toBe(50);
  expect(new Set(views()).size).toBe(50);
  await expect.poll(() => arrived().length, { timeout: 20_000 }).toBe(61);
  await expect.poll(storedEvents, { timeout: 20_000 }).toBe(0);
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
  await agree(page);
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

test("what a page could not send, the next one sends, under the same ids", async () => {
  status = 503;
  await page.goto(origin);
  await agree(page);
  await page.evaluate(() => window.beaconry.push(["track", "Search"], ["track", "Contact"]));
  await expect
    .poll(() => log.filter((line) => line === "POST /collect").length, { timeout: 10_000 })
    .toBeGreaterThan(0);
  const ids = await page.evaluate(() =>
    Object.entries(localStorage).flatMap(([name, text]) =>
      name.startsWith("beaconry.queue.") ? [JSON.parse(text).id as string] : [],
    ),
  );
  expect(ids).toHaveLength(3);
  status = undefined;
  await page.goto(`${origin}/next`);
  await expect.poll(() => arrived().length, { timeout: 20_000 }).toBe(4);
  expect(arrived().map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  await expect.poll(storedEvents, { timeout: 20_000 }).toBe(0);
}, 60_000);

test("an address that sends on to another page has not got the events", async () => {
  // The browser makes a GET of it, without the events.
  redirect = [302, "/next/maintenance"];
  await page.goto(origin);
  await agree(page);
  expect(await page.evaluate(() => window.beaconry.pixel?.flush())).toMatchObject({ sent: 0, pending: 1 });
  // This one keeps them: it is the collector that answers.
  redirect = [308, "/collect/"];
  expect(await page.evaluate(() => window.beaconry.pixel?.flush())).toMatchObject({ sent: 1, pending: 0 });
  expect(arrived()).toHaveLength(1);
}, 30_000);

test("two tabs, by Web Locks: what waits in one is left to it, and taken over once it is closed without a word", async () => {
  await page.goto(origin);
  await agree(page);
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(1);
  const tab = await openTab();
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(2);
  status = 503;
  await tab.evaluate(() => window.beaconry.push(["track", "Search"]));
  await expect.poll(storedEvents, { timeout: 10_000 }).toBe(1);
  const asked = () => log.filter((line) => line === "POST /collect").length;
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(2);
  // Its renderer ends, as on a crash: no pagehide.
  const crash = tab
    .context()
    .newCDPSession(tab)
    .then((session) => session.send("Page.crash"));
  await Promise.race([crash.catch(() => {}), tab.waitForEvent("crash")]);
  status = undefined;
  await page.evaluate(() => window.beaconry.pixel?.flush());
  await expect.poll(() => arrived().map(({ name }) => name), { timeout: 20_000 }).toContain("Search");
  await expect.poll(storedEvents, { timeout: 10_000 }).toBe(0);
}, 60_000);

test("a refusal in one tab counts in the other", async () => {
  await page.goto(origin);
  await agree(page);
  const tab = await openTab();
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(2);
  const asked = log.length;
  await tab.evaluate(() => window.beaconry.push(["consent", { advertising: false }]));
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).length), { timeout: 10_000 }).toBe(1);
  await page.evaluate(() => window.beaconry.push(["track", "Search"]));
  expect(await page.evaluate(() => window.beaconry.pixel?.flush())).toMatchObject({
    pending: 0,
    reasons: { consent: 1 },
  });
  expect(await page.context().cookies()).toEqual([]);
  expect(log).toHaveLength(asked);
}, 60_000);

test("two tabs that hear of a refusal do not go on telling each other", async () => {
  await page.goto(origin);
  await agree(page);
  const tab = await openTab();
  await page.evaluate(() => {
    addEventListener("storage", ({ key }) => {
      if (key === "beaconry.consent") document.body.dataset.told = `${Number(document.body.dataset.told ?? 0) + 1}`;
    });
  });
  await tab.evaluate(() => window.beaconry.push(["consent", { advertising: false }]));
  await page.waitForTimeout(1000);
  expect(await page.evaluate(() => Number(document.body.dataset.told))).toBeLessThan(8);
}, 30_000);

test("page views of a single-page app: pushes, redirects, routes, going back", async () => {
  await page.goto(`${origin}/next`);
  await agree(page);
  const steps: [step: () => void, view: string | undefined][] = [
    [() => history.pushState({}, "", "/next/a"), "/next/a"],
    [() => history.replaceState({}, "", "/next/a?filter=1"), undefined],
    [() => history.replaceState({}, "", "/next/b"), "/next/b"],
    [
      () => {
        history.pushState({}, "", "/next/account");
        history.replaceState({}, "", "/next/login");
      },
      "/next/login",
    ],
    [() => location.assign("#part"), undefined],
    [() => location.assign("#/cart"), "/next/login#/cart"],
    [() => history.back(), "/next/login#part"],
  ];
  const expected = ["/next"];
  for (const [step, view] of steps) {
    await page.evaluate(step);
    await page.waitForTimeout(50);
    if (view) expected.push(view);
  }
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(expected.length);
  await page.waitForTimeout(1200);
  expect(arrived().map(({ context }) => context.page?.url?.replace(origin, ""))).toEqual(expected);
}, 30_000);
