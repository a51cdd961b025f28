import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { serveShop } from "./pages.js";

let browser: Browser;
let page: Page;
let sandbox: Sandbox;
let stranger: Awaited<ReturnType<typeof serveShop>>;

beforeAll(async () => {
  [browser, sandbox, stranger] = await Promise.all([launchChromium(), createSandbox(), serveShop()]);
  page = await browser.newPage();
}, 30_000);
beforeEach(() => {
  sandbox.reset();
  sandbox.faults.add({ kind: "latency", delay: 0 });
});
afterAll(async () => {
  stranger.close();
  await Promise.all([browser.close(), sandbox.close()]);
});

/** Each comes to the server without the browser asking first, or after asking in vain. */
const fetches = async (base: string): Promise<string[]> => {
  const attempt = (path: string, init?: RequestInit) =>
    fetch(base + path, init).then(
      (answer) => `${answer.type} ${answer.status}`,
      () => "failed",
    );
  const json = { "content-type": "application/json" };
  return [
    await attempt("/_sandbox/reset", { method: "POST", mode: "no-cors" }),
    await attempt("/_sandbox/faults", { method: "POST", mode: "no-cors", body: '{"kind":"cut"}' }),
    await attempt("/_sandbox/faults", { method: "POST", headers: json, body: '{"kind":"cut"}' }),
    await attempt("/_sandbox/faults", { method: "DELETE" }),
    await attempt("/_sandbox/state"),
    await attempt("/_sandbox/state", { mode: "no-cors" }),
  ];
};

const elements = async (base: string): Promise<string[]> => {
  const load = (tag: "img" | "script") =>
    new Promise<string>((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("failed");
      element.src = `${base}/_sandbox/state`;
      document.body.append(element);
    });
  const form = () =>
    new Promise<string>((resolve) => {
      const frame = document.createElement("iframe");
      frame.name = "frame";
      document.body.append(frame);
      frame.onload = () => resolve(frame.contentDocument === null ? "hidden" : "shown");
      const element = document.createElement("form");
      Object.assign(element, { method: "post", action: `${base}/_sandbox/reset`, target: "frame" });
      document.body.append(element);
      element.submit();
    });
  return [await load("script"), await load("img"), await form()];
};

it("a page of another site changes nothing and learns nothing", async () => {
  await page.goto(stranger.url);
  expect(await page.evaluate(fetches, sandbox.url)).toEqual(Array.from({ length: 6 }, () => "failed"));
  expect(await page.evaluate(elements, sandbox.url)).toEqual(["failed", "failed", "hidden"]);
  expect(sandbox.faults.list()).toMatchObject([{ id: "fault-1", fault: { kind: "latency" } }]);
});

it("nor does one whose own name was made to point at the sandbox", async () => {
  const rebound = `http://stranger.localhost:${new URL(sandbox.url).port}`;
  const answer = await page.goto(`${rebound}/_sandbox/state`);
  expect([answer?.status(), await answer?.json()]).toEqual([
    403,
    { error: expect.objectContaining({ code: "foreign" }) },
  ]);
  expect(await page.evaluate(fetches, rebound)).toEqual(Array.from({ length: 6 }, () => "basic 403"));
  expect(sandbox.faults.list()).toHaveLength(1);
});

it("the sandbox's own page may do all of it", async () => {
  for (const base of [sandbox.url, sandbox.url.replace("127.0.0.1", "localhost")]) {
    await page.goto(`${base}/_sandbox/state`);
    // No JSON by its type is a mistake, and no foreigner's.
    const answers = ["basic 204", "basic 415", "basic 201", "basic 204", "basic 200", "basic 200"];
    expect(await page.evaluate(fetches, base)).toEqual(answers);
    expect(sandbox.faults.list()).toEqual([]);
  }
});
