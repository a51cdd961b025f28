import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type ReceivedEvent, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, metaEvent, NAME_HASH, sha256, tikTokBody, tikTokEvent, toMeta, toTikTok } from "./calls.js";
import { inject, metaStub, runIn, serveShop, tikTokStub } from "./pages.js";

/** TikTok's own example, of +12133734253. */
const PHONE_HASH = "9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd";

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
      fbq("init", "111", { em: "${EMAIL_HASH}", fn: "Mary ", external_id: 7 });
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
        ud: { em: EMAIL_HASH, fn: NAME_HASH, external_id: "(number)" },
        dl: `${shop.url}/cart`,
        if: "false",
      },
    });
    expect(Math.abs((sent("AddToCart").time ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(sent("MyEvent")).toMatchObject({ payload: { cd: { colour: "red" } } });
    expect(sent("MyEvent").id).toBeUndefined();
  });

  test("plain text is hashed as Node hashes it, of any length and script, and no plain text is sent", async () => {
    const texts = ["u", "Aa".repeat(27), ...[55, 56, 63, 64, 300].map((length) => "z".repeat(length))];
    const words = [...texts, "정", "valéry", "👟".repeat(20)];
    await meta(`
      ${words.map((word, index) => `fbq("init", "${index}", { external_id: "${word}", em: " John_Smith@Gmail.com" });`).join("\n")}
      fbq("track", "Lead");
    `);
    await count(words.length);
    for (const [index, word] of words.entries()) {
      const event = sandbox.events().find(({ sourceId }) => sourceId === String(index));
      expect(event?.payload.ud).toEqual({ external_id: sha256(word), em: EMAIL_HASH });
    }
    expect(JSON.stringify(sandbox.requests())).not.toContain("John");
  });

  test("what is set for the person later counts from then on", async () => {
    await meta(`fbq("init", "111", { fn: "mary" }); fbq("track", "Lead");`);
    await count(1);
    await runIn(page, `fbq("set", "userData", { em: "john_smith@gmail.com" }); fbq("track", "Contact");`);
    await count(2);
    expect(sent("Lead").payload.ud).toEqual({ fn: NAME_HASH });
    expect(sent("Contact").payload.ud).toEqual({ fn: NAME_HASH, em: EMAIL_HASH });
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

  test("no data processing options, an address of the page's own, and the agent of init", async () => {
    await meta(`
      fbq("dataProcessingOptions", []);
      fbq("init", "111", {}, { agent: "shop" });
      fbq.agent = "page"; fbq("init", "222");
      fbq("trackSingle", "111", "Lead", {}, { eventSourceUrl: "https://shop.example/lead" });
      fbq("trackSingle", "222", "Contact");
    `);
    await count(2);
    expect(sent("Lead").payload).toMatchObject({ agent: "shop", dl: "https://shop.example/lead" });
    expect(sent("Lead").payload).toMatchObject({ data_processing_options: "[]" });
    expect(sent("Lead").payload).not.toHaveProperty("data_processing_options_country");
    expect(sent("Contact").payload).toMatchObject({ agent: "page" });
  });

  test("an image without script reports too", async () => {
    const query = "id=111&ev=Purchase&noscript=1&cd[value]=1&cd[currency]=EUR&eid=e-1";
    await page.setContent(`<img src="${sandbox.url}/tr?${query}">`);
    await count(1);
    expect(sent("Purchase")).toMatchObject({
      id: "e-1",
      warnings: [],
      payload: { cd: { value: "1", currency: "EUR" } },
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

  test("warns of what Meta would refuse or not count", async () => {
    const expected: Record<string, [call: string, warnings: string[]]> = {
      "nothing bought": [`"Purchase", {}`, ["a Purchase without value", "a Purchase without currency"]],
      "an item without quantity": [
        `"Lead", { contents: [{ id: "1" }] }`,
        ["an item of contents is without id or quantity"],
      ],
      "a currency there is not": [`"Lead", { currency: "Euro" }`, ["currency is not a code of ISO 4217"]],
      "a name in lower case": [`"lead", {}`, ["lead is a custom event here: the standard one is Lead"]],
      "a long name": [`"${"a".repeat(51)}", {}`, ["the event name is longer than 50 characters"]],
    };
    const calls = Object.entries(expected).map(([id, [call]]) => `fbq("track", ${call}, { eventID: "${id}" });`);
    await meta(`fbq("init", "111"); ${calls.join("\n")}`);
    await count(calls.length);
    for (const { id = "", warnings } of sandbox.events()) expect([id, warnings]).toEqual([id, expected[id]?.[1]]);
  });

  test("warns of a key that advanced matching does not have", async () => {
    await meta(`fbq("init", "111", { email: "john_smith@gmail.com" }); fbq("track", "Lead");`);
    await count(1);
    expect(sent("Lead").warnings).toEqual(["email is not a key of advanced matching: it is ignored"]);
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

  test("without ids, the server's copy is known by the browser's cookie", async () => {
    await meta(`fbq("init", "1234567890"); fbq("track", "PageView");`);
    await count(1);
    const user = { fbp: (await cookie("_fbp"))?.value, client_user_agent: "x" };
    const fields = { event_name: "PageView", event_id: undefined, user_data: user, event_time: seconds() };
    await toMeta(sandbox, [metaEvent(fields)]);
    expect(sandbox.events().map((event) => [event.side, event.outcome])).toEqual([
      ["browser", "counted"],
      ["server", "deduplicated"],
    ]);
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
          user: { email: EMAIL_HASH, phone_number: PHONE_HASH },
        },
      },
    });
    expect(sent("Contact").id).toBe("e-2");
  });

  test("an email is hashed in lower case and untrimmed, a phone number without its brackets, the rest is as given", async () => {
    await tikTok(`
      ttq.load("PIXEL1");
      ttq.identify({
        email: " ALICE_abc@gmail.com", phone_number: "(+1) 2133734253", sha256_email: "${EMAIL_HASH}",
        external_id: "u-1", first_name: "mary", city: "paris", email_2: 5
      });
      ttq.track("Contact");
    `);
    await count(1);
    expect((sent("Contact").payload.context as { user: unknown }).user).toEqual({
      email: sha256(" alice_abc@gmail.com"),
      phone_number: PHONE_HASH,
      sha256_email: EMAIL_HASH,
      external_id: "u-1",
      first_name: "(plain)",
      city: "paris",
      email_2: "(number)",
      ttp: expect.any(String),
    });
    expect(sent("Contact").warnings).toEqual(["external_id is not a SHA-256 hash", "first_name is not a SHA-256 hash"]);
    expect(JSON.stringify(sandbox.requests())).not.toMatch(/alice|mary/i);
  });

  test("a click id is kept for the session", async () => {
    await page.goto(`${shop.url}/?ttclid=E.C.P.abc`);
    await tikTok(`ttq.load("PIXEL1"); ttq.track("Contact");`);
    await count(1);
    await page.goto(`${shop.url}/next`);
    await tikTok(`ttq.load("PIXEL1"); ttq.track("Search");`);
    await count(2);
    expect(sent("Search").payload).toMatchObject({ context: { user: { ttclid: "E.C.P.abc" } } });
  });

  test("a page view with properties, as often as it is asked for", async () => {
    await tikTok(`ttq.load("PIXEL1"); ttq.page({ colour: "red" }); ttq.page({ colour: "red" });`);
    await count(2);
    expect(sent("Pageview").payload).toMatchObject({ properties: { colour: "red" } });
    expect(sent("Pageview").id).toBeUndefined();
  });

  test("an instance's person is that pixel's alone", async () => {
    await tikTok(`
      ttq.load("PIXEL1"); ttq.load("PIXEL2");
      ttq.instance("PIXEL2").identify({ email: "${EMAIL_HASH}" });
      ttq.instance("PIXEL1").track("Contact");
      ttq.instance("PIXEL2").track("Contact");
    `);
    await count(2);
    const keys = Object.fromEntries(sandbox.events().map((event) => [event.sourceId, event.matchKeys]));
    expect(keys).toEqual({ PIXEL1: ["ttp"], PIXEL2: ["email", "ttp"] });
  });

  test("every method of the stub may be called, before and after", async () => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const all = "ttq.methods.forEach(function (method) { ttq[method](); ttq.instance('PIXEL1')[method](); });";
    await tikTok(`ttq.load("PIXEL1"); ${all} ttq.grantConsent();`);
    await runIn(page, `${all} ttq.grantConsent(); ttq.track("Contact", {}, { event_id: "e-1" });`);
    await sandbox.waitFor((events) => events.some(({ name }) => name === "Contact"));
    expect(errors).toEqual([]);
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
    await runIn(page, `ttq.enableCookie(); ttq.track("Schedule");`);
    await count(4);
    expect([await cookie("_ttp"), (await cookie("_tt_enable_cookie"))?.value]).toEqual([expect.anything(), "1"]);
    expect(sent("Schedule").matchKeys).toEqual(["ttp"]);
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

  test("warns of what TikTok's tag warns of", async () => {
    const expected: Record<string, [call: string, warnings: string[]]> = {
      "an unusual name": [`"1st", {}`, ["not a valid custom event name"]],
      "value without currency": [`"Contact", { value: 1 }`, ["value without currency"]],
      "an event without content": [`"ViewContent", {}`, ["no content_id"]],
      "a value that is none": [`"Contact", { value: "x", currency: "EUR" }`, ["value is not a number"]],
      "a purchase by nobody": [`"Purchase", { content_id: "1" }`, ["no email or phone number"]],
      "a name in lower case": [`"contact", {}`, ["contact is a custom event: the standard one is Contact"]],
    };
    const calls = Object.entries(expected).map(([id, [call]]) => `ttq.track(${call}, { event_id: "${id}" });`);
    await tikTok(`ttq.load("PIXEL1"); ${calls.join("\n")}`);
    await count(calls.length);
    for (const { id = "", warnings } of sandbox.events()) expect([id, warnings]).toEqual([id, expected[id]?.[1]]);
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
