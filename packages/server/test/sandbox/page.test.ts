// biome-ignore-all lint/performance/useDomNodeTextContent: asked for is what is seen, as it is laid out
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { requireBuiltPage } from "./built-page.js";
import { appForm, EMAIL_HASH, metaEvent, tikTokBody, tikTokEvent, toApp, toMeta, toTikTok } from "./calls.js";

const MINUTE = 60_000;

let browser: Browser;
let sandbox: Sandbox;
let page: Page;
let ahead = 0;
let complaints: string[] = [];

beforeAll(async () => {
  requireBuiltPage();
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  ahead = 0;
  complaints = [];
  sandbox = await createSandbox({ now });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_")) complaints.push(message.text());
  });
});
afterEach(async () => {
  await page.close();
  await sandbox.close();
  // Neither an error of the page's own nor anything that its policy forbids.
  expect(complaints).toEqual([]);
});

vi.setConfig({ testTimeout: 30_000 });
/** A machine that builds and tests other things beside may take its time. */
const soon = <T>(read: () => T | Promise<T>, message?: string) =>
  expect.poll(read, { timeout: 10_000, ...(message !== undefined && { message }) });

const now = () => Date.now() + ahead;
const seconds = () => Math.floor(now() / 1_000);
const ofMeta = (more: Record<string, unknown> = {}) => metaEvent({ event_time: seconds(), ...more });
const browserCopy = (id: string, name = "AddToCart") => fetch(`${sandbox.url}/tr?id=1234567890&ev=${name}&eid=${id}`);
const visit = async () => {
  await page.goto(sandbox.url);
  await page.locator(".status.live").waitFor();
};
const row = (text: string) => page.locator(".rows [role=row]", { hasText: text });
const outcomes = () => page.locator(".rows .cell-outcome").allInnerTexts();
const panel = () => page.locator("#panel-body").innerText();

describe("the list", () => {
  test("tells what to set while nothing has come, and shows the first event as it comes", async () => {
    await visit();
    expect(await page.locator(".empty").innerText()).toContain(`${sandbox.url}/i18n/pixel/events.js`);
    await toMeta(sandbox, [ofMeta()]);
    await row("AddToCart").waitFor();
    expect(await page.locator(".empty").count()).toBe(0);
  });

  test("joins the copies of both sides, follows a changed outcome, and shows what was refused", async () => {
    await visit();
    await toMeta(sandbox, [ofMeta()]);
    await row("Counted").waitFor();
    await browserCopy("e-1");
    await row("Deduplicated").waitFor();
    expect(await page.locator(".rows [role=row]").count()).toBe(1);
    expect(await row("e-1").locator(".cell-copies").innerText()).toMatch(/Browser\s+counted\s+Server\s+deduplicated/);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ properties: { contents: [{ content_id: 7 }] } })]));
    await row("Refused").waitFor();
    expect(await row("Refused").innerText()).toMatch(/40002/);
  });

  test("knows late, alone and twice", async () => {
    ahead = -20 * MINUTE;
    await browserCopy("late");
    await browserCopy("pair");
    await toMeta(sandbox, [ofMeta({ event_id: "pair" })]);
    ahead = -2 * MINUTE;
    await toMeta(sandbox, [ofMeta({ event_id: "late" })]);
    await browserCopy("alone");
    await browserCopy("twice");
    const toOther = { data: [ofMeta({ event_id: "twice" })], access_token: "t" };
    const headers = { "content-type": "application/json" };
    await fetch(`${sandbox.url}/v26.0/999/events`, { method: "POST", headers, body: JSON.stringify(toOther) });
    ahead = 0;
    await visit();
    await soon(outcomes).toEqual(["Counted twice", "Alone", "Deduplicated", "Late copy"]);
    await row("alone").click();
    await soon(panel).toContain("the server sent AddToCart under other ids");
    await row("twice").click();
    await soon(panel).toContain("different sources");
    await soon(() => page.locator(".tile", { hasText: "Alone" }).innerText()).toMatch(/^1/);
  });

  test("keeps only the rows in sight in the document, of thousands", async () => {
    for (let sent = 0; sent < 5_000; sent += 1_000) {
      const batch = Array.from({ length: 1_000 }, (_, index) => ofMeta({ event_id: `e-${sent + index}` }));
      await toMeta(sandbox, batch);
    }
    await visit();
    await row("e-4999").waitFor();
    expect(await page.locator(".rows [role=row]").count()).toBeLessThan(60);
    expect(await page.locator("#list").getAttribute("aria-rowcount")).toBe("5001");
    await page.locator("#list").focus();
    await page.keyboard.press("End");
    await page.locator(".rows").getByText("e-0", { exact: true }).waitFor();
    expect(await page.locator(".rows [role=row]").count()).toBeLessThan(60);
    expect(await page.locator("[aria-selected=true][role=row]").getAttribute("aria-rowindex")).toBe("5001");
  });

  test("stays where it was scrolled to while events come, and leads back to the newest", async () => {
    await toMeta(
      sandbox,
      Array.from({ length: 300 }, (_, index) => ofMeta({ event_id: `e-${index}` })),
    );
    await visit();
    await page.locator("#list").evaluate((list) => list.scrollTo(0, 5_000));
    const place = async () => (await row("e-200").boundingBox())?.y;
    await row("e-200").waitFor();
    const before = await place();
    await toMeta(
      sandbox,
      Array.from({ length: 100 }, (_, index) => ofMeta({ event_id: `new-${index}` })),
    );
    await soon(() => page.locator("#list").getAttribute("aria-rowcount")).toBe("401");
    expect(await place()).toBe(before);
    await page.getByRole("button", { name: /Newest/ }).click();
    await row("new-99").waitFor();
  });

  test("forgets the oldest like the sandbox, however many come", async () => {
    await sandbox.close();
    sandbox = await createSandbox({ now, maxEvents: 500 });
    await visit();
    for (let sent = 0; sent < 2_000; sent += 500) {
      await toMeta(
        sandbox,
        Array.from({ length: 500 }, (_, index) => ofMeta({ event_id: `e-${sent + index}` })),
      );
    }
    await row("e-1999").waitFor();
    await soon(() => page.locator("#list").getAttribute("aria-rowcount")).toBe("501");
    await soon(() => page.locator(".tile").first().innerText()).toMatch(/^500/);
  });
});

describe("details", () => {
  test("of an event: why, match quality, address, consent, the body as sent", async () => {
    await toMeta(sandbox, [
      ofMeta({
        data_processing_options: ["LDU"],
        data_processing_options_country: 0,
        data_processing_options_state: 0,
        user_data: {
          em: [EMAIL_HASH.toUpperCase()],
          fbp: "fb.1.1554763741205.1",
          client_ip_address: "203.0.113.7",
          client_user_agent: "M",
        },
      }),
    ]);
    await visit();
    await row("e-1").click();
    await page.getByText("Event as sent").waitFor();
    const text = await panel();
    expect(text).toContain("dataset id 1234567890 has sent from the server only");
    expect(text).toMatch(/em\s+is a hash in upper case: lower case is asked for\s+0 %/);
    expect(text).toMatch(/fbp\s+browser\s+25 %/);
    expect(text).toContain("203.0.113.7 client_ip_address");
    expect(text).toContain("Limited data use: Meta finds the state by the address");
    expect(await page.locator(".json").first().innerText()).toContain('"event_name": "AddToCart"');
    await page.getByRole("button", { name: /Show the whole body/ }).click();
    await soon(panel).toContain('"access_token": "[redacted]"');
  });

  test("of each copy", async () => {
    await toMeta(sandbox, [ofMeta()]);
    await browserCopy("e-1");
    await visit();
    await row("e-1").click();
    await page.getByText("Meta Conversions API").first().waitFor();
    await page.locator(".copies label", { hasText: "Browser" }).click();
    await soon(panel).toMatch(/Came to\s+Meta tag/);
  });

  test("of an app's event: flags and the forwarded address", async () => {
    await toApp(sandbox, appForm({ advertiser_tracking_enabled: "0" }));
    await visit();
    await row("fb_mobile_add_to_cart").click();
    await soon(panel).toContain("advertiser_tracking_enabled 0");
    expect(await panel()).toMatch(/Device address\s+203\.0\.113\.7 X-Forwarded-For/);
    expect(await panel()).toContain("it did not happen on a page");
    expect(await page.locator(".json", { hasText: "Parameters of its request" }).innerText()).toContain('"extinfo": [');
  });

  test("of a refused request: the vendor's words, and the place in the body", async () => {
    await toTikTok(sandbox, tikTokBody([tikTokEvent(), tikTokEvent({ event_id: "e-2", page: { url: 5 } })]));
    await visit();
    await row("Refused").click();
    await page.locator(".marked").waitFor();
    expect(await panel()).toContain("2 events sent, none taken");
    expect(await page.locator(".marked").allInnerTexts()).toEqual([expect.stringContaining('"url": 5')]);
  });

  test("lead to the same id at the other vendor", async () => {
    await toMeta(sandbox, [ofMeta()]);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event_time: seconds() })]));
    await visit();
    await row("Meta").click();
    await page.getByRole("button", { name: "TikTok AddToCart, counted" }).click();
    await soon(panel).toContain("TikTok Events API");
  });
});

describe("filters", () => {
  beforeEach(async () => {
    await toMeta(sandbox, [ofMeta()]);
    await browserCopy("e-1");
    await toMeta(sandbox, [
      ofMeta({
        event_id: "e-2",
        event_name: "Purchase",
        user_data: { em: [EMAIL_HASH], client_user_agent: "M", fbc: "x" },
      }),
    ]);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event_time: seconds(), event_id: "e-3" })]));
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ page: {} })]));
    await visit();
    await row("e-3").waitFor();
  });
  const shown = () => page.locator(".rows .event-name").allInnerTexts();

  test("by each of them, and by none again", async () => {
    const steps: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
      ["vendor", () => page.getByLabel("Vendor").selectOption("tiktok"), ["AddToCart", "AddToCart"]],
      ["side", () => page.getByLabel("Side").selectOption("browser"), ["AddToCart"]],
      ["outcome", () => page.getByLabel("Outcome").selectOption("refused"), ["AddToCart"]],
      ["event name", () => page.getByLabel("Event name").selectOption("Purchase"), ["Purchase"]],
      ["issues", () => page.getByLabel("Issues only").check(), ["AddToCart", "Purchase"]],
      ["text", () => page.getByRole("searchbox").fill("e-2"), ["Purchase"]],
      ["a tile", () => page.getByRole("button", { name: /Refused/ }).click(), ["AddToCart"]],
    ];
    for (const [by, act, expected] of steps) {
      await act();
      await soon(shown, by).toEqual(expected);
      await page.getByRole("button", { name: "Show all" }).click();
      await soon(async () => (await shown()).length, by).toBe(4);
    }
  });

  test("that nothing fits", async () => {
    await page.getByRole("searchbox").fill("nowhere");
    await page.getByText("Nothing that is kept fits these filters.").waitFor();
  });

  test("hold for what comes later", async () => {
    await page.getByLabel("Event name").selectOption("Purchase");
    await soon(shown).toEqual(["Purchase"]);
    await toMeta(sandbox, [ofMeta({ event_id: "e-8" }), ofMeta({ event_id: "e-9", event_name: "Purchase" })]);
    await soon(shown).toEqual(["Purchase", "Purchase"]);
  });
});

describe("figures", () => {
  test("the funnel with drop-off and revenue, endpoints and refusals", async () => {
    const send = (name: string, count: number, more: Record<string, unknown> = {}) =>
      toMeta(
        sandbox,
        Array.from({ length: count }, (_, index) =>
          ofMeta({ event_name: name, event_id: `${name}-${index}`, ...more }),
        ),
      );
    await send("PageView", 8);
    await send("ViewContent", 6);
    await send("AddToCart", 3);
    await send("Purchase", 1);
    await browserCopy("Purchase-0", "Purchase");
    await send("Purchase", 1, { event_time: 5 });
    await visit();
    const funnel = page.locator(".funnel");
    await soon(() => funnel.innerText()).toMatch(/Visit\s+Consideration\s+8/);
    const rows = await funnel.locator("tbody tr").allInnerTexts();
    expect(rows.map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
      "Visit Consideration 8",
      "View content 6 −25 %",
      "Add to cart Purchase intent 3 −50 %",
      "Checkout 0 −100 %",
      "Purchase 1",
    ]);
    expect(await page.locator(".revenue").innerText()).toContain("€21.97");
    const text = (await panel()).replace(/\s+/g, " ");
    expect(text).toContain("Meta tag 1 0 0");
    expect(text).toContain("Meta Conversions API 17 1 1");
    expect(text).toMatch(/100\/2804003 Meta Conversions API .* 1/);
  });

  test("the timeline says in words what it draws", async () => {
    await toMeta(sandbox, [ofMeta(), ofMeta({ event_id: "e-2" })]);
    await visit();
    const label = () => page.locator(".plot").getAttribute("aria-label");
    await soon(label).toContain("at most 2 per second");
    await page.getByText("per minute").click();
    await soon(label).toContain("at most 2 per minute");
    expect(await page.locator(".plot canvas").count()).toBe(1);
  });
});

describe("pause, clear, connection, export", () => {
  test("a pause holds what comes, and going on shows it", async () => {
    await toMeta(sandbox, [ofMeta()]);
    await visit();
    await page.getByRole("button", { name: "Pause" }).click();
    await toMeta(sandbox, [ofMeta({ event_id: "e-2" }), ofMeta({ event_id: "e-3" })]);
    await page.getByText("Paused · 2 new events held").waitFor();
    expect(await outcomes()).toHaveLength(1);
    await page.getByRole("button", { name: "Go on" }).click();
    await row("e-3").waitFor();
    expect(await outcomes()).toHaveLength(3);
    expect(await page.locator(".status").innerText()).toBe("Live");
  });

  test("clear resets the sandbox, and says so", async () => {
    await toMeta(sandbox, [ofMeta()]);
    sandbox.faults.add({ kind: "html" });
    await visit();
    await row("e-1").click();
    await page.getByText("Event as sent").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("Cleared. Waiting for the next event").waitFor();
    expect([sandbox.events(), sandbox.faults.list()]).toEqual([[], []]);
    await soon(() => page.locator("[role=status]").allInnerTexts()).toContain("Cleared 1 event and every fault");
    await toMeta(sandbox, [ofMeta()]);
    await row("e-1").waitFor();
  });

  test("what another clears is cleared here too", async () => {
    await toMeta(sandbox, [ofMeta()]);
    await visit();
    sandbox.reset();
    await page.getByText("Cleared. Waiting for the next event").waitFor();
  });

  test("a sandbox that comes back is read anew", async () => {
    await toMeta(sandbox, [ofMeta()]);
    await visit();
    await row("e-1").waitFor();
    const port = Number(new URL(sandbox.url).port);
    await sandbox.close();
    await page.getByText("Reconnecting…").waitFor();
    sandbox = await createSandbox({ port });
    await toMeta(sandbox, [ofMeta({ event_id: "after" })]);
    await page.locator(".status.live").waitFor();
    await row("after").waitFor();
    expect(await outcomes()).toHaveLength(1);
  });

  test.each([
    ["Events as NDJSON", "beaconry-events.ndjson"],
    ["Requests as HAR 1.2", "beaconry-requests.har"],
  ])("%s is saved", async (label, name) => {
    await toMeta(sandbox, [ofMeta()]);
    await visit();
    await page.locator("summary", { hasText: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: label }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
  });
});

describe("faults", () => {
  test("are set, shown, used up and removed", async () => {
    await visit();
    await page.getByRole("tab", { name: "Faults" }).click();
    await page.getByLabel("Kind").selectOption("rateLimit");
    await page.getByLabel("Code", { exact: false }).and(page.locator("select")).selectOption("80004");
    expect(await page.getByLabel("Endpoint").locator("option").allInnerTexts()).toEqual([
      ...["Every one it applies to", "Meta Conversions API", "Meta App Events API"],
    ]);
    await page.getByLabel("Endpoint").selectOption("meta.conversions");
    await page.getByLabel("Requests").fill("2");
    await page.getByRole("button", { name: "Set the fault" }).click();
    await page.getByText("struck 0 requests, 2 left").waitFor();
    expect(sandbox.faults.list()).toMatchObject([{ fault: { kind: "rateLimit", code: 80004, count: 2 }, left: 2 }]);
    await toMeta(sandbox, [ofMeta()]);
    await page.getByText("struck 1 request, 1 left").waitFor();
    await row("80004").waitFor();
    await page.getByRole("button", { name: "Remove Rate limit" }).click();
    await page.getByText("None: every request is answered as the vendor would.").waitFor();
    expect(sandbox.faults.list()).toEqual([]);
  });

  test("that are wrong are refused in the sandbox's words", async () => {
    await visit();
    await page.getByRole("tab", { name: "Faults" }).click();
    await page.getByLabel("Kind").selectOption("answer");
    await page.getByLabel("Headers, as JSON").fill("not JSON");
    await page.getByRole("button", { name: "Set the fault" }).click();
    await soon(() => page.getByRole("alert").innerText()).toContain("headers");
    // The browser reports the refusal to the console itself.
    complaints = complaints.filter((text) => !text.includes("400"));
  });

  test("of every kind can be set as they stand", async () => {
    await visit();
    await page.getByRole("tab", { name: "Faults" }).click();
    const kinds = ["latency", "serverError", "html", "cut", "slowBody", "expiredToken", "partialSuccess", "answer"];
    for (const kind of kinds) {
      await page.getByLabel("Kind").selectOption(kind);
      await page.getByRole("button", { name: "Set the fault" }).click();
      await soon(() => sandbox.faults.list().at(-1)?.fault.kind).toBe(kind);
    }
    await soon(() => page.locator(".faults li").count()).toBe(kinds.length);
    await page.getByRole("button", { name: "Remove all" }).click();
    await soon(() => sandbox.faults.list()).toEqual([]);
  });
});

describe("by keys", () => {
  beforeEach(async () => {
    await toMeta(
      sandbox,
      Array.from({ length: 50 }, (_, index) => ofMeta({ event_id: `e-${index}` })),
    );
    await visit();
    await row("e-49").waitFor();
  });
  const active = () => page.evaluate(() => document.activeElement?.id);
  const selected = () => page.locator("[role=row][aria-selected=true] .event-id").innerText();

  test("through the list, into the details and back", async () => {
    await page.keyboard.press("l");
    expect(await active()).toBe("list");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await selected()).toBe("e-48");
    await page.keyboard.press("PageDown");
    await page.keyboard.press("End");
    expect(await selected()).toBe("e-0");
    const current = await page.locator("#list").getAttribute("aria-activedescendant");
    expect(await page.locator("[role=row][aria-selected=true]").getAttribute("id")).toBe(current);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await soon(active).toBe("panel-title");
    await page.keyboard.press("Escape");
    expect(await active()).toBe("list");
    expect(await page.locator("[role=row][aria-selected=true]").count()).toBe(0);
  });

  test("search, pause, issues, panels, colours, help", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("pop");
    expect(await page.getByRole("searchbox").inputValue()).toBe("pop");
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.getByText("Paused").waitFor();
    await page.keyboard.press("p");
    await page.keyboard.press("i");
    expect(await page.getByLabel("Issues only").isChecked()).toBe(true);
    await page.keyboard.press("f");
    expect(await page.getByRole("tab", { name: "Faults" }).getAttribute("aria-selected")).toBe("true");
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await colour();
    await page.keyboard.press("t");
    await soon(colour).not.toBe(before);
    await page.reload();
    await soon(colour).not.toBe(before);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  test("single letters can be switched off, for good", async () => {
    await page.keyboard.press("?");
    await page.getByLabel("Single letters work as shortcuts").uncheck();
    await page.getByRole("button", { name: "Close the help" }).click();
    await page.reload();
    await page.locator(".status.live").waitFor();
    await page.keyboard.press("p");
    await page.keyboard.press("f");
    expect(await page.locator(".status").innerText()).toBe("Live");
    expect(await page.getByRole("tab", { name: "Overview" }).getAttribute("aria-selected")).toBe("true");
  });

  test("between tabs", async () => {
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowLeft");
    expect(await active()).toBe("tab-faults");
    await page.keyboard.press("ArrowRight");
    expect(await active()).toBe("tab-overview");
  });
});

describe("what comes from the network", () => {
  const markup = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>";

  test("is shown as text, wherever it is shown", async () => {
    await browserCopy(encodeURIComponent(markup), encodeURIComponent(markup));
    sandbox.faults.add({ kind: "answer", body: markup, count: 1, headers: { "x-note": markup } });
    await toMeta(sandbox, [ofMeta({ event_name: markup, event_id: "e-2" })]);
    await toTikTok(
      sandbox,
      tikTokBody([tikTokEvent({ event: markup, [markup]: markup })], { event_source_id: markup }),
    );
    await visit();
    for (const text of ["Meta", "TikTok", "Refused"]) {
      await row(text).first().click();
      await page.locator(".json").first().waitFor();
    }
    expect(await page.locator("#app img").count()).toBe(1);
    expect(await page.locator("#app script").count()).toBe(0);
    expect(await page.title()).toBe("Beaconry sandbox");
  });

  test("could not run if it were markup", async () => {
    await visit();
    const tried = await page.evaluate((text) => {
      const results: string[] = [];
      const script = document.createElement("script");
      for (const act of [
        () => document.body.insertAdjacentHTML("beforeend", text),
        () => script.append("document.title = 'run'") ?? document.head.append(script),
        () => document.body.setAttribute("onclick", "document.title = 'run'"),
      ]) {
        try {
          act();
          results.push("run");
        } catch (error) {
          results.push((error as Error).name);
        }
      }
      return results;
    }, markup);
    expect(tried).toEqual(["TypeError", "run", "TypeError"]);
    // The element came in, but its script did not run.
    expect(await page.title()).toBe("Beaconry sandbox");
    complaints = [];
  });
});

test("on a narrow screen the details lie over the list and can be closed", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await toMeta(sandbox, [ofMeta()]);
  await visit();
  expect(await page.locator(".panel").isVisible()).toBe(false);
  await row("AddToCart").click();
  await page.getByRole("heading", { name: "AddToCart" }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.id);
  await soon(focused).toBe("panel-body");
  expect(await page.locator("#list").evaluate((list) => list.closest("[inert]") !== null)).toBe(true);
  await page.getByRole("button", { name: "Close the panel" }).click();
  await soon(focused).toBe("list");
  expect(await page.locator(".panel").isVisible()).toBe(false);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
});

test.each([1241, 1280, 1366, 1400, 1401])("long names are read in full, %i pixels wide", async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await toMeta(sandbox, [ofMeta({ event_name: "CompleteRegistration", event_id: "order-2026-11-22-0007" })]);
  await visit();
  await row("CompleteRegistration").waitFor();
  const isCut = (part: Element) => part.scrollWidth > part.clientWidth;
  expect(await row("CompleteRegistration").locator(".event-name").evaluate(isCut)).toBe(false);
  expect(await row("CompleteRegistration").locator(".event-id").evaluate(isCut)).toBe(false);
  for (const cell of [".cell-time", ".cell-copies", ".cell-outcome", ".cell-match"]) {
    expect(await row("CompleteRegistration").locator(cell).evaluate(isCut), cell).toBe(false);
  }
});

test("news are told to screen readers in sums, not one by one", async () => {
  await page.clock.install();
  await visit();
  await toMeta(
    sandbox,
    Array.from({ length: 20 }, (_, index) => ofMeta({ event_id: `e-${index}` })),
  );
  await row("e-19").waitFor();
  const said = () => page.locator("[role=status]").allInnerTexts();
  expect(await said()).toEqual(["", ""]);
  await page.clock.runFor(10_000);
  await soon(said).toEqual(["20 new events", ""]);
});

test("the page is served with a policy that allows its own files only, and with their licences", async () => {
  const served = await fetch(sandbox.url);
  const policy = served.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|data:|\*/);
  const html = await served.text();
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  expect(files).toEqual(["/_sandbox/page/icon.svg", "/_sandbox/page/page.css", "/_sandbox/page/page.js"]);
  expect(html).not.toMatch(/<style|style=|<script(?! type="module" src)/);
  for (const file of files) expect((await fetch(sandbox.url + file)).status).toBe(200);
  const licences = await (await fetch(`${sandbox.url}/_sandbox/page/licences.txt`)).text();
  for (const name of ["preact", "@preact/signals", "@preact/signals-core", "uplot"]) {
    expect(licences).toMatch(new RegExp(`^--- ${name} \\d`, "m"));
  }
  expect(licences.match(/Permission is hereby granted/g)).toHaveLength(4);
  expect((await fetch(`${sandbox.url}/_sandbox/page/..%2fsandbox.js`)).status).toBe(404);
});
