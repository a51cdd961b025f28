// @vitest-environment node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EnvelopeEvent } from "@beaconry/core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";
import { bundleSnippet } from "./snippet-bundle.js";

/** Pages that are strict, broken or not really there, in real Chromium. */
let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: Server;
let origin: string;
let collected: EnvelopeEvent[];
/** What was asked of the server besides pages, the pixel's script and the collector. */
let asked: string[];
/** What the page said on its console, or threw. */
let noise: string[];

const nonce = "n0nce";
const options = {
  endpoint: "/collect",
  consent: { advertising: true },
  batch: { maxDelay: 50 },
  tags: {
    meta: { pixelId: "1234567890", scriptUrl: "/fbevents.js", nonce },
    tiktok: { pixelCode: "CABCDEF0123456789XYZ", scriptUrl: "/events.js", nonce },
  },
};
const create = (change: object = {}) => `beaconry.create(${JSON.stringify({ ...options, ...change })});`;

interface Site {
  headers?: Record<string, string>;
  /** Runs before the pixel's script is there. */
  before?: string;
  /** Runs after it. */
  after: string;
  body?: string;
}

let sites: Record<string, Site>;

const html = ({ before = "", after, body = "" }: Site) => `<!doctype html><title>Shop</title>
<link rel="icon" href="data:,"><script nonce="${nonce}">${before}</script>
<script nonce="${nonce}" src="/beaconry.global.js"></script>
<script nonce="${nonce}">${after}</script>${body}`;

beforeAll(async () => {
  const script = await bundleSnippet();
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const site = sites[pathname];
    if (site) return response.writeHead(200, { "Content-Type": "text/html", ...site.headers }).end(html(site));
    if (pathname === "/beaconry.global.js") return response.setHeader("Content-Type", "text/javascript").end(script);
    if (pathname === "/collect") {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      collected.push(...JSON.parse(body).events);
      const { origin: from = "" } = request.headers;
      const cors = { "Access-Control-Allow-Origin": from, "Access-Control-Allow-Credentials": "true" };
      return response.writeHead(202, cors).end('{"accepted":[],"rejected":[],"issues":[]}');
    }
    asked.push(pathname);
    response.setHeader("Content-Type", "text/javascript").end("");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

beforeEach(async () => {
  collected = [];
  asked = [];
  noise = [];
  context = await browser.newContext();
  page = await context.newPage();
  page.on("console", (message) => noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(String(error)));
});

afterEach(() => context.close());

const names = () => [...new Map(collected.map(({ id, name }) => [id, name])).values()];
const tagsOf = (name: string) => collected.find((event) => event.name === name)?.tags;
const arrive = (...expected: string[]) => expect.poll(names, { timeout: 10_000 }).toEqual(expected);

describe("Content Security Policy", () => {
  test("with a nonce and without unsafe-inline, everything works", async () => {
    const policy = `default-src 'none'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:`;
    sites = { "/": { headers: { "Content-Security-Policy": policy }, after: `${create()}beaconry.track("Search")` } };
    await page.goto(`${origin}/`);
    await arrive("PageView", "Search");
    expect(tagsOf("Search")).toEqual(["meta", "tiktok"]);
    expect(asked.sort()).toEqual(["/events.js", "/fbevents.js"]);
    expect(noise).toEqual([]);
  });

  test("Trusted Types with the policy `beaconry` allowed", async () => {
    const policy = "require-trusted-types-for 'script'; trusted-types beaconry";
    sites = { "/": { headers: { "Content-Security-Policy": policy }, after: create() } };
    await page.goto(`${origin}/`);
    await arrive("PageView");
    expect(asked.sort()).toEqual(["/events.js", "/fbevents.js"]);
    expect(noise).toEqual([]);
  });

  test("Trusted Types without it: the tags are left out, the collector goes on", async () => {
    const policy = "require-trusted-types-for 'script'; trusted-types 'none'";
    sites = { "/": { headers: { "Content-Security-Policy": policy }, after: `${create()}beaconry.track("Search")` } };
    await page.goto(`${origin}/`);
    await arrive("PageView", "Search");
    expect(tagsOf("Search")).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("a policy that lets no tag load: the collector goes on", async () => {
    const policy = `script-src 'self' 'nonce-other'; connect-src 'self'`;
    sites = {
      "/": {
        headers: { "Content-Security-Policy": `${policy.replace("nonce-other", `nonce-${nonce}`)}` },
        after: create({
          tags: { meta: { pixelId: "1", scriptUrl: "http://127.0.0.1:1/fbevents.js" } },
        }),
      },
    };
    await page.goto(`${origin}/`);
    await arrive("PageView");
    await page.evaluate(() => window.beaconry.track?.("Search"));
    await arrive("PageView", "Search");
    expect(tagsOf("Search")).toEqual([]);
  });
});

describe("what is not there, or not what it should be", () => {
  const broken: [string, string][] = [
    ["no localStorage", `Object.defineProperty(window, "localStorage", { get() { throw new Error("denied"); } });`],
    [
      "a localStorage that is full",
      `Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };`,
    ],
    ["no crypto", `Object.defineProperty(window, "crypto", { value: undefined });`],
    ["no locks", `Object.defineProperty(Navigator.prototype, "locks", { value: undefined });`],
    ["locks that fail", `LockManager.prototype.request = () => Promise.reject(new Error("no"));`],
    [
      "no cookies",
      `Object.defineProperty(Document.prototype, "cookie", { get() { throw new Error("no"); }, set() { throw new Error("no"); } });`,
    ],
    ["no Navigation API", `Object.defineProperty(window, "navigation", { value: undefined });`],
    ["no sendBeacon", `Object.defineProperty(Navigator.prototype, "sendBeacon", { value: undefined });`],
    [
      "a fetch of the page's own that drops what it does not know",
      `const real = fetch; window.fetch = (url, { method, body }) => real(url, { method, body });`,
    ],
  ];
  test.each(broken)("%s", async (_, before) => {
    sites = { "/": { before, after: `${create()}beaconry.track("Search")` } };
    await page.goto(`${origin}/`);
    await arrive("PageView", "Search");
    expect(noise).toEqual([]);
  });

  test("a fetch that fails, then works again", async () => {
    sites = {
      "/": {
        before: `const real = fetch; let calls = 0;
          window.fetch = (...given) => { if (++calls === 1) throw new Error("broken"); if (calls === 2) return; return real(...given); };`,
        after: create(),
      },
    };
    await page.goto(`${origin}/`);
    await arrive("PageView");
    expect(noise).toEqual([]);
  });

  test("a frame in a sandbox, without an origin of its own", async () => {
    sites = {
      "/": { after: "", body: `<iframe sandbox="allow-scripts" src="/frame"></iframe>` },
      "/frame": { after: create({ endpoint: `${origin}/collect`, tags: {} }) },
    };
    await page.goto(`${origin}/`);
    await arrive("PageView");
    expect(noise).toEqual([]);
  });

  test("tags that do not load", async () => {
    const scriptUrl = "http://127.0.0.1:1/tag.js";
    sites = {
      "/": { after: create({ tags: { meta: { pixelId: "1", scriptUrl }, tiktok: { pixelCode: "C", scriptUrl } } }) },
    };
    await page.goto(`${origin}/`);
    await arrive("PageView");
    await page.evaluate(() => window.beaconry.track?.("Search"));
    await arrive("PageView", "Search");
    expect(tagsOf("Search")).toEqual([]);
    // The browser itself notes what it did not load.
    expect(noise.filter((line) => !/Failed to load resource/.test(line))).toEqual([]);
  });
});

describe("pages that come and go", () => {
  test("one that is only prepared is not seen, until it is", async () => {
    sites = {
      "/": {
        before: `let prepared = true; Object.defineProperty(document, "prerendering", { get: () => prepared });
          window.show = () => { prepared = false; document.dispatchEvent(new Event("prerenderingchange")); };`,
        after: `${create()}beaconry.track("Search")`,
      },
    };
    await page.goto(`${origin}/`);
    await page.waitForTimeout(500);
    expect([collected, asked, await context.cookies()]).toEqual([[], [], []]);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.evaluate(() => (window as unknown as { show(): void }).show());
    await arrive("Search", "PageView");
  });

  test("one that comes back from the back/forward cache goes on, and is a view", async () => {
    const own = await launchChromium({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
    const tab = await (await own.newContext()).newPage();
    // Only a page that is restored tells of its return.
    const after = `${create({ tags: {} })}addEventListener("pageshow", (event) => { if (event.persisted) beaconry.track("Contact"); });`;
    sites = { "/": { after }, "/next": { after: `setTimeout(() => history.back(), 200)` } };
    await tab.goto(`${origin}/`);
    await arrive("PageView");
    await tab.evaluate(() => {
      window.beaconry.track?.("Search");
      location.href = "/next";
    });
    await expect.poll(names, { timeout: 10_000 }).toContain("Contact");
    expect(names().sort()).toEqual(["Contact", "PageView", "PageView", "Search"]);
    await own.close();
  }, 30_000);
});
