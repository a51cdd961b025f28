import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type ReceivedEvent, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, metaEvent, tikTokBody, tikTokEvent, toMeta, toTikTok } from "./calls.js";
import { inject, metaStub, runIn, serveShop, tikTokStub } from "./pages.js";

let browser: Browser;
let sandbox: Sandbox;
let shop: Awaited<ReturnType<typeof serveShop>>;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, sandbox, shop] = await Promise.all([launchChromium(), createSandbox(), serveShop()]);
}, 30_000);
beforeEach(async () => {
  sandbox.reset();
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(`${shop.url}/cart`);
});
afterEach(() => context.close());
afterAll(async () => {
  shop.close();
  await Promise.all([browser.close(), sandbox.close()]);
});

const count = (wanted: number) => sandbox.waitFor((events) => events.length >= wanted, 3000);
const names = () => sandbox.events().map((event) => event.name);
const sent = (name: string): ReceivedEvent => {
  const event = sandbox.events().find((candidate) => candidate.name === name);
  if (!event) throw new Error(`no ${name} among ${names()}`);
  return event;
};
const cookie = async (name: string) => (await context.cookies()).find((candidate) => candidate.name === name);
/** Long enough for an event that should not come to come. */
const settle = () => page.waitForTimeout(150);
const seconds = () => Math.floor(Date.now() / 1000);

describe("fbevents.js", () => {
  const meta = (calls: string) => runIn(page, metaStub(sandbox.url, calls));

  test("drains the queue and then is called at once", async () => {
    await meta(`
      fbq("init", "111", { em: "${EMAIL_HASH}", fn: "mary", external_id: 7 });
      fbq("track", "AddToCart", { value: 21.97, currency: "EUR", contents: [{ id: "1234", quantity: 2 }] }, { eventID: "e-1" });
    `);
    await count(1);
    await runIn(page, `fbq("trackCustom", "MyEvent", { colour: "red" });`);
    await count(2);
    expect(sent("AddToCart")).toMatchObject({
      vendor: "meta",
      side: "browser",
      endpoint: "meta.pixel",
      sourceId: "111",
      id: "e-1",
      outcome: "counted",
      matchKeys: ["em", "external_id", "fbp", "fn"],
      warnings: ["external_id is not a string but a number"],
      payload: {
        id: "111",
        ev: "AddToCart",
        eid: "e-1",
        cd: { value: "21.97", currency: "EUR", contents: [{ id: "1234", quantity: 2 }] },
        ud: { em: EMAIL_HASH, fn: "(plain)", external_id: "(number)" },
        dl: `${shop.url}/cart`,
        if: "false",
      },
    });
    expect(Math.abs((sent("AddToCart").time ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(sent("MyEvent")).toMatchObject({ payload: { cd: { colour: "red" } } });
    expect(sent("MyEvent").id).toBeUndefined();
  });

  test("track goes to every pixel, trackSingle to one", async () => {
    await meta(`
      fbq("init", "111"); fbq("init", "222");
      fbq("track", "Lead", {}, { eventID: "e-1" });
      fbq("trackSingle", "222", "Contact", {}, { eventID: "e-2" });
      fbq("trackSingleCustom", "111", "Mine", {}, { eventID: "e-3" });
      fbq("trackSingle", "333", "Search");
    `);
    await count(4);
    await settle();
    const all = sandbox.events().map((event) => `${event.sourceId} ${event.name} ${event.id} ${event.outcome}`);
    expect(all.sort()).toEqual([
      ...["111 Lead e-1 counted", "111 Mine e-3 counted", "222 Contact e-2 counted", "222 Lead e-1 counted"],
    ]);
  });

  test("a second init of a pixel is reported and ignored", async () => {
    const messages: string[] = [];
    page.on("console", (message) => messages.push(message.text()));
    await meta(`fbq("init", "111"); fbq("init", "111"); fbq("track", "Lead");`);
    await count(1);
    await settle();
    expect([names(), messages]).toEqual([["Lead"], [expect.stringContaining("Duplicate Pixel ID")]]);
  });

  test("revoked consent holds events and cookies until it is granted", async () => {
    await meta(`fbq("consent", "revoke"); fbq("init", "111"); fbq("track", "Lead", {}, { eventID: "e-1" });`);
    await settle();
    expect([sandbox.events(), await cookie("_fbp")]).toEqual([[], undefined]);
    await runIn(page, `fbq("consent", "grant");`);
    await count(1);
    expect(names()).toEqual(["Lead"]);
  });

  test("settings and data processing options are reported", async () => {
    await meta(`
      fbq("dataProcessingOptions", ["LDU"], 1, 1000);
      fbq("set", "autoConfig", false, "111");
      fbq("set", "agent", "beaconry", "111");
      fbq("init", "111"); fbq("track", "Lead");
    `);
    await count(1);
    expect(sent("Lead").payload).toMatchObject({
      data_processing_options: '["LDU"]',
      data_processing_options_country: "1",
      data_processing_options_state: "1000",
      autoConfig: "false",
      agent: "beaconry",
    });
  });

  test("_fbp is written in the documented form and kept; _fbc from fbclid", async () => {
    await page.goto(`${shop.url}/?fbclid=IwAR_AbC-d`);
    await meta(`fbq("init", "111"); fbq("track", "PageView");`);
    await count(1);
    const fbp = await cookie("_fbp");
    expect(fbp?.value).toMatch(/^fb\.1\.\d{13}\.\d+$/);
    expect(fbp?.sameSite).toBe("Lax");
    expect(((fbp?.expires ?? 0) - seconds()) / 86_400).toBeCloseTo(90, 1);
    expect((await cookie("_fbc"))?.value).toMatch(/^fb\.1\.\d{13}\.IwAR_AbC-d$/);
    await page.goto(`${shop.url}/next`);
    await meta(`fbq("init", "111"); fbq("track", "Lead");`);
    await count(2);
    expect((await cookie("_fbp"))?.value).toBe(fbp?.value);
    expect(sent("Lead").matchKeys).toEqual(["fbc", "fbp"]);
  });

  test("cookies can be turned off", async () => {
    await meta(`fbq("set", "firstPartyCookies", false, "111"); fbq("init", "111"); fbq("track", "Lead");`);
    await count(1);
    expect(await cookie("_fbp")).toBeUndefined();
  });

  test("a change of address is a page view, and further ones of the page's own are dropped", async () => {
    await meta(`fbq("init", "111"); fbq("track", "PageView");`);
    await count(1);
    await runIn(page, `history.pushState({}, "", "/a"); fbq("track", "PageView", {}, { eventID: "own" });`);
    await count(2);
    await settle();
    expect(sandbox.events().map((event) => event.id)).toEqual([undefined, undefined]);
  });

  test("with both flags on the stub the page decides", async () => {
    await meta(`
      fbq.disablePushState = true; fbq.allowDuplicatePageViews = true;
      fbq("init", "111"); fbq("track", "PageView", {}, { eventID: "e-1" });
    `);
    await count(1);
    await runIn(page, `history.pushState({}, "", "/a"); fbq("track", "PageView", {}, { eventID: "e-2" });`);
    await count(2);
    await settle();
    expect(sandbox.events().map((event) => event.id)).toEqual(["e-1", "e-2"]);
  });

  test.each([
    ["an array", `window.fbq = [["init", "111"], ["track", "Lead"]];`],
    ["a callable without queue", `window.fbq = function () {}; fbq("init", "111"); fbq("track", "Lead");`],
    ["nothing", ""],
  ])("%s in place of the stub sends nothing", async (_, stub) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await runIn(page, `${stub}${inject(`${sandbox.url}/en_US/fbevents.js`)}`);
    await settle();
    expect([sandbox.events(), errors]).toEqual([[], []]);
  });

  test("the server's copy gives way to the browser's", async () => {
    await toMeta(sandbox, [metaEvent({ event_time: seconds() })]);
    await meta(`fbq("init", "1234567890"); fbq("track", "AddToCart", {}, { eventID: "e-1" });`);
    await count(2);
    expect(sandbox.events().map((event) => [event.side, event.outcome])).toEqual([
      ["server", "deduplicated"],
      ["browser", "counted"],
    ]);
  });
});

describe("events.js", () => {
  const tikTok = (calls: string) => runIn(page, tikTokStub(sandbox.url, calls));

  test("drains the queue and then is called at once", async () => {
    await page.goto(`${shop.url}/cart?ttclid=E.C.P.abc`);
    await tikTok(`
      ttq.load("PIXEL1");
      ttq.identify({ email: "${EMAIL_HASH}", phone_number: "+12133734253" });
      ttq.page();
      ttq.track("AddToCart", { value: 21.97, currency: "EUR", contents: [{ content_id: "1234", quantity: 2 }] }, { event_id: "e-1" });
    `);
    await count(2);
    await runIn(page, `ttq.track("Contact", {}, { event_id: "e-2" });`);
    await count(3);
    expect(sent("Pageview").id).toBeUndefined();
    expect(sent("AddToCart")).toMatchObject({
      vendor: "tiktok",
      side: "browser",
      endpoint: "tiktok.pixel",
      sourceId: "PIXEL1",
      id: "e-1",
      outcome: "counted",
      matchKeys: ["email", "phone_number", "ttclid", "ttp"],
      warnings: [],
      payload: {
        properties: { value: 21.97, currency: "EUR", contents: [{ content_id: "1234", quantity: 2 }] },
        context: {
          page: { url: `${shop.url}/cart?ttclid=E.C.P.abc` },
          user: { email: EMAIL_HASH, phone_number: "(plain)" },
        },
      },
    });
    expect(sent("Contact").id).toBe("e-2");
  });

  test("page sends one page view an address", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.page(); ttq.page();`);
    await count(1);
    await runIn(page, `ttq.page(); history.pushState({}, "", "/next"); ttq.page();`);
    await count(2);
    await settle();
    expect(names()).toEqual(["Pageview", "Pageview"]);
  });

  test("track goes to every pixel, an instance's and one with pixel_code to one", async () => {
    await tikTok(`
      ttq.load("PIXEL1"); ttq.load("PIXEL2", { limited_data_use: true });
      ttq.track("Contact", {}, { event_id: "e-1" });
      ttq.instance("PIXEL2").track("Search", {}, { event_id: "e-2" });
      ttq.track("Subscribe", {}, { event_id: "e-3", pixel_code: "PIXEL1" });
    `);
    await count(4);
    await runIn(page, `ttq.instance("PIXEL1").track("Schedule", {}, { event_id: "e-4" });`);
    await count(5);
    await settle();
    const all = sandbox.events().map((event) => `${event.sourceId} ${event.name}`);
    expect(all.sort()).toEqual([
      ...["PIXEL1 Contact", "PIXEL1 Schedule", "PIXEL1 Subscribe", "PIXEL2 Contact", "PIXEL2 Search"],
    ]);
    expect(sent("Search").payload).toMatchObject({ limited_data_use: true });
  });

  test("a pixel loaded later, and one loaded again", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.track("Contact");`);
    await count(1);
    await runIn(page, `ttq.load("PIXEL2"); ttq.instance("PIXEL2").track("Search");`);
    await count(2);
    await runIn(page, `ttq.load("PIXEL1"); ttq.track("Subscribe"); ttq.instance("PIXEL1").track("Schedule");`);
    await count(5);
    await settle();
    const all = sandbox.events().map((event) => `${event.sourceId} ${event.name}`);
    expect(all.sort()).toEqual([
      ...["PIXEL1 Contact", "PIXEL1 Schedule", "PIXEL1 Subscribe", "PIXEL2 Search", "PIXEL2 Subscribe"],
    ]);
  });

  test("held consent keeps events and cookie back until granted", async () => {
    await tikTok(`ttq.holdConsent(); ttq.load("PIXEL1"); ttq.page();`);
    await settle();
    expect([sandbox.events(), await cookie("_ttp")]).toEqual([[], undefined]);
    await runIn(page, "ttq.grantConsent();");
    await count(1);
    expect((await cookie("_ttp"))?.value).toMatch(/^[A-Za-z0-9]{27}$/);
  });

  test("revoked consent drops events", async () => {
    await tikTok(`ttq.holdConsent(); ttq.load("PIXEL1"); ttq.page(); ttq.revokeConsent(); ttq.track("Contact");`);
    await runIn(page, `ttq.grantConsent(); ttq.track("Search");`);
    await count(1);
    await settle();
    expect(names()).toEqual(["Search"]);
  });

  test("_ttp is kept, and disableCookie erases it", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.track("Contact");`);
    await count(1);
    const ttp = await cookie("_ttp");
    expect(((ttp?.expires ?? 0) - seconds()) / 86_400).toBeCloseTo(390, 1);
    await runIn(page, `ttq.track("Search");`);
    await count(2);
    expect((await cookie("_ttp"))?.value).toBe(ttp?.value);
    await runIn(page, `ttq.disableCookie(); ttq.track("Subscribe");`);
    await count(3);
    expect([await cookie("_ttp"), (await cookie("_tt_enable_cookie"))?.value]).toEqual([undefined, "0"]);
    expect(sent("Subscribe").matchKeys).toEqual([]);
  });

  test("identify replaces what was known before, and takes an id first", async () => {
    await tikTok(
      `ttq.load("PIXEL1"); ttq.identify({ email: "a@b.example" }); ttq.identify("u-1", {}); ttq.track("Contact");`,
    );
    await count(1);
    expect(sent("Contact")).toMatchObject({
      matchKeys: ["external_id", "ttp"],
      warnings: ["external_id is not a SHA-256 hash"],
    });
  });

  test("ready and instances answer", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.ready(function () { window.isReady = true; });`);
    await page.waitForFunction("window.isReady === true");
    expect(await page.evaluate("ttq.instances().length")).toBe(1);
  });

  test.each([
    ["an unusual name", `"1st"`, "{}", ["not a valid custom event name"]],
    ["value without currency", `"Contact"`, "{ value: 1 }", ["value without currency"]],
    ["an event without content", `"ViewContent"`, "{}", ["no content_id"]],
    ["a value that is none", `"Contact"`, `{ value: "x", currency: "EUR" }`, ["value is not a number"]],
  ])("warns of %s", async (_, name, params, warnings) => {
    await tikTok(`ttq.load("PIXEL1"); ttq.track(${name}, ${params});`);
    await count(1);
    expect(sandbox.events()[0]?.warnings).toEqual(warnings);
  });

  test("a callable in place of the array sends nothing", async () => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await runIn(
      page,
      `
      window.TiktokAnalyticsObject = "ttq";
      var ttq = window.ttq = function () { ttq.callMethod ? ttq.callMethod.apply(ttq, arguments) : ttq.queue.push(arguments); };
      ttq.queue = []; ttq("page"); ttq("track", "Contact", {}, { event_id: "e-1" });
      ${inject(`${sandbox.url}/i18n/pixel/events.js?sdkid=PIXEL1&lib=ttq`)}
    `,
    );
    await settle();
    expect([sandbox.events(), errors]).toEqual([[], []]);
  });

  test("the server's copy merges with the browser's", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.track("AddToCart", { content_id: "1" }, { event_id: "e-1" });`);
    await count(1);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event_time: seconds() })], { event_source_id: "PIXEL1" }));
    expect(sandbox.events().map((event) => [event.side, event.outcome, event.merged])).toEqual([
      ["browser", "counted", undefined],
      ["server", "deduplicated", true],
    ]);
  });
});
