import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, EMPTY_HASH, NOW, NOW_SECONDS, sha256, tikTokBody, tikTokEvent, toTikTok } from "./calls.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["wrong"], expiredTokens: ["old"], now: () => NOW });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const send = (event: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  toTikTok(sandbox, tikTokBody([event], more));
const withUser = (user: Record<string, unknown>) => send(tikTokEvent({ user }));
const withProperties = (properties: Record<string, unknown>) => send(tikTokEvent({ properties }));

describe("accepted", () => {
  test("answers code 0 and keeps the event", async () => {
    const event = tikTokEvent();
    expect(await send(event, { test_event_code: "TEST12345", partner_name: "Beaconry" })).toEqual({
      status: 200,
      body: { code: 0, message: "OK", request_id: expect.any(String), data: {} },
    });
    expect(sandbox.events()).toEqual([
      {
        vendor: "tiktok",
        side: "server",
        endpoint: "tiktok.events",
        sourceId: "C0FFEEC0FFEEC0FFEE00",
        name: "AddToCart",
        id: "e-1",
        time: NOW,
        receivedAt: NOW,
        outcome: "counted",
        testEventCode: "TEST12345",
        matchKeys: ["email", "ip", "user_agent"],
        warnings: [],
        payload: event,
        data: event,
        sequence: expect.any(Number),
        request: expect.any(Number),
      },
    ]);
  });

  test.each([
    ["app", { page: undefined, event_id: undefined, app: { app_id: "com.shop.app" } }],
    ["offline", { page: undefined, user: { phone: [sha256("+12133734253")] } }],
    ["crm", { page: undefined, user: { email: EMAIL_HASH }, lead: { lead_id: "7" } }],
    ["crm", { event: "Qualified", page: undefined, user: { external_id: EMAIL_HASH }, lead: { lead_id: "7" } }],
  ])("%s events need their own fields", async (source, fields) => {
    expect((await send(tikTokEvent(fields), { event_source: source })).body.code).toBe(0);
    expect(sandbox.events()[0]?.warnings).toEqual([]);
  });

  test("everything a web event may have", async () => {
    const hash = EMAIL_HASH;
    const user = {
      ...{ email: [hash], phone: hash, external_id: [hash], ttclid: "E.C.P.abc", ttp: "a".repeat(27) },
      ...{ ip: "2001:db8::1", user_agent: "Mozilla/5.0", locale: "en-US", first_name: hash, last_name: hash },
      ...{ zip_code: hash, city: "newyork", state: "ny", country: "us" },
    };
    const properties = {
      ...{ content_ids: ["1"], content_type: "product", currency: "USD", value: "12.50", num_items: 3, query: "q" },
      ...{ search_string: "s", description: "d", order_id: "o", shop_id: "s", customer_type: "new", status: "paid" },
      ...{ delivery_category: "curbside", predicted_ltv: 0, of_my_own: { a: 1 } },
      contents: [{ content_id: "1", content_name: "n", content_category: "c", price: 4, quantity: 3, brand: "b" }],
    };
    const page = { url: "https://shop.example/?ttclid=E.C.P.abc", referrer: "https://search.example/" };
    const event = tikTokEvent({ user, properties, page, limited_data_use: true, ad: { attribution_share: 0.5 } });
    expect((await send(event)).body.code).toBe(0);
    expect(sandbox.events()[0]).toMatchObject({
      warnings: [],
      matchKeys: Object.keys(user)
        .filter((key) => key !== "locale")
        .sort(),
    });
  });

  test("everything an app event may have", async () => {
    const user = {
      ...{ email: EMAIL_HASH, phone: EMAIL_HASH, ip: "203.0.113.7", user_agent: "app", locale: "en_US", idfv: "v" },
      ...{ idfa: "EA7583CD-A667-48BC-B806-42ECB2B48606", gaid: "38400000-8cf0-11bd-b23e-10b96e40000d" },
      att_status: "AUTHORIZED",
    };
    const ad = {
      ...{ callback: "c", campaign_id: "1", ad_id: "2", creative_id: "3", is_retargeting: false, attributed: true },
      ...{ attribution_type: "t", attribution_provider: "p", attribution_share: 1 },
    };
    const app = { app_id: "1234567890", app_name: "Shop", app_version: "1.0" };
    const properties = { currency: "BGN", value: 1 };
    const event = { ...tikTokEvent({ user, ad, app, properties, event: "LaunchAPP", limited_data_use: true }) };
    const { page, event_id, ...appEvent } = event;
    expect((await send(appEvent, { event_source: "app" })).body.code).toBe(0);
    expect(sandbox.events()[0]?.warnings).toEqual([]);
  });

  test("a thousand events, several values of a key, value 0, a custom name", async () => {
    const events = Array.from({ length: 1000 }, (_, index) =>
      tikTokEvent({ event_id: `e-${index}`, event: "My_event" }),
    );
    events[0] = tikTokEvent({
      user: { email: [EMAIL_HASH, sha256("b@example.com")] },
      properties: { value: 0, currency: "EUR" },
    });
    expect((await toTikTok(sandbox, tikTokBody(events))).body.code).toBe(0);
    expect(sandbox.events()).toHaveLength(1000);
  });
});

describe("tokens", () => {
  test.each([
    [null, 40104],
    ["", 40104],
    ["wrong", 40105],
    ["Bearer token-1", 40105],
    ["old", 40102],
  ])("%j is answered 200 with %i", async (token, code) => {
    const { status, body } = await toTikTok(sandbox, tikTokBody([tikTokEvent()]), token);
    expect([status, body.code]).toEqual([200, code]);
    expect(sandbox.events()).toEqual([]);
  });

  test("a GET without token is 40104 too", async () => {
    const response = await fetch(`${sandbox.url}/open_api/v1.3/event/track/`);
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ code: 40104 })]);
  });

  test("a GET with one is a wrong method", async () => {
    const response = await fetch(`${sandbox.url}/open_api/v1.3/event/track/`, {
      headers: { "Access-Token": "token-1" },
    });
    expect(response.status).toBe(405);
  });

  test.each(["event/track", "event/trac/", "pixel/batch", "pixel/track"])("%s is no path: 404", async (path) => {
    expect((await toTikTok(sandbox, tikTokBody([tikTokEvent()]), "token-1", path)).status).toBe(404);
  });

  test("no token is kept", async () => {
    await toTikTok(sandbox, tikTokBody([tikTokEvent()]), "very-secret");
    expect(JSON.stringify(sandbox.requests())).not.toContain("very-secret");
    expect(sandbox.requests()[0]?.headers["access-token"]).toBe("[redacted]");
  });
});

describe("refused with 40002", () => {
  const bad = (name: string, body: unknown, message: string | RegExp) => [name, body, message] as const;
  const one = (more: Record<string, unknown>) => tikTokBody([tikTokEvent(more)]);

  test.each([
    bad("no JSON", "{", /JSON/),
    bad("a list", [], /JSON object/),
    bad("an unknown source", tikTokBody([tikTokEvent()], { event_source: "shop" }), /^event_source/),
    bad(
      "no source",
      tikTokBody([tikTokEvent()], { event_source: undefined }),
      "event_source: Missing data for required field",
    ),
    bad("a source id that is no text", { ...one({}), event_source_id: 7 }, "event_source_id: Not a valid string"),
    bad("no source id", { ...one({}), event_source_id: "" }, "event_source_id: Missing data for required field"),
    bad("no data", { ...one({}), data: undefined }, "data: Missing data for required field"),
    bad("data that is no list", { ...one({}), data: {} }, "data: Not a valid list"),
    bad("an event that is text", tikTokBody(["x"]), "Batch.0: Not a valid object"),
    bad("an event that is null", tikTokBody([null]), "Batch.0: Not a valid object"),
    bad("an empty name", one({ event: "" }), "Batch.0.event: Missing data for required field"),
    bad("a name that is no text", one({ event: 5 }), "Batch.0.event: Not a valid string"),
    bad("a time of 0", one({ event_time: 0 }), "Batch.0.event_time: Not a valid Unix timestamp in seconds"),
    bad("a page that is text", one({ page: "https://shop.example/" }), "Batch.0.page: Not a valid object"),
    bad("a page without url", one({ page: { referrer: "x" } }), "Batch.0.page.url: Missing data for required field"),
    bad("an empty url", one({ page: { url: "" } }), "Batch.0.page.url: Missing data for required field"),
    bad("user data in a list", one({ user: [] }), "Batch.0.user: Not a valid object"),
    bad("several click ids", one({ user: { ttclid: ["a", "b"] } }), "Batch.0.user.ttclid: Not a valid string"),
    bad("a numeric phone in a list", one({ user: { phone: ["a", 5] } }), "Batch.0.user.phone: Not a valid string"),
    bad(
      "one content id",
      one({ properties: { content_ids: "1" } }),
      "Batch.0.properties.content_ids: Not a valid list",
    ),
    bad("a negative text", one({ properties: { value: "-1" } }), "Batch.0.properties.value: Not a valid number"),
    bad("a value in words", one({ properties: { value: true } }), "Batch.0.properties.value: Not a valid number"),
    bad("a numeric order", one({ properties: { order_id: 7 } }), "Batch.0.properties.order_id: Not a valid string"),
    bad(
      "a price with its currency",
      one({ properties: { contents: [{ price: "$1" }] } }),
      "Batch.0.properties.contents.0.price: Not a valid number",
    ),
    bad(
      "a numeric app id",
      { ...one({ app: { app_id: 7 } }), event_source: "app" },
      "Batch.0.app.app_id: Not a valid string",
    ),
    bad(
      "an attribution in words",
      { ...one({ app: { app_id: "1" }, ad: { attributed: "yes" } }), event_source: "app" },
      "Batch.0.ad.attributed: Not a valid boolean",
    ),
    bad(
      "a numeric lead",
      { ...one({ lead: { lead_id: 7 } }), event_source: "crm" },
      "Batch.0.lead.lead_id: Not a valid string",
    ),
    bad("a numeric partner", { ...one({}), partner_name: 1 }, "partner_name: Not a valid string"),
    bad("no events", tikTokBody([]), /^data.*1000/),
    bad("1001 events", tikTokBody(Array(1001).fill(tikTokEvent())), /^data.*1000/),
    bad("no name", one({ event: undefined }), "Batch.0.event: Missing data for required field"),
    bad("no time", one({ event_time: undefined }), "Batch.0.event_time: Missing data for required field"),
    bad("a time as text", one({ event_time: String(NOW_SECONDS) }), "Batch.0.event_time: Not a valid integer"),
    bad("a fraction of a second", one({ event_time: NOW_SECONDS + 0.5 }), "Batch.0.event_time: Not a valid integer"),
    bad("milliseconds", one({ event_time: NOW }), "Batch.0.event_time: Not a valid Unix timestamp in seconds"),
    bad("a numeric event id", one({ event_id: 7 }), "Batch.0.event_id: Not a valid string"),
    bad("web without page", one({ page: undefined }), "Batch.0.page.url: Missing data for required field"),
    bad("app without app", { ...one({}), event_source: "app" }, "Batch.0.app.app_id: Missing data for required field"),
    bad(
      "offline without email and phone",
      { ...one({ user: { email: "" } }), event_source: "offline" },
      "Batch.0.user.email: Missing data for required field",
    ),
    bad(
      "crm without lead",
      { ...one({}), event_source: "crm" },
      "Batch.0.lead.lead_id: Missing data for required field",
    ),
    bad(
      "a numeric content id",
      one({ properties: { contents: [{ content_id: 1234 }] } }),
      "Batch.0.properties.contents.0.content_id: Not a valid string",
    ),
    bad(
      "numeric ids",
      one({ properties: { content_ids: ["1", 2] } }),
      "Batch.0.properties.content_ids.1: Not a valid string",
    ),
    bad("contents not a list", one({ properties: { contents: {} } }), "Batch.0.properties.contents: Not a valid list"),
    bad("a formatted value", one({ properties: { value: "1,000 €" } }), "Batch.0.properties.value: Not a valid number"),
    bad("a numeric email", one({ user: { email: 5 } }), "Batch.0.user.email: Not a valid string"),
    bad(
      "a fraction of items",
      one({ properties: { num_items: 1.5 } }),
      "Batch.0.properties.num_items: Not a valid integer",
    ),
    bad("a textual flag", one({ limited_data_use: "yes" }), "Batch.0.limited_data_use: Not a valid boolean"),
    bad("a numeric test code", { ...one({}), test_event_code: 1 }, "test_event_code: Not a valid string"),
  ])("%s", async (_, body, message) => {
    const answer = await toTikTok(sandbox, body);
    expect([answer.status, answer.body.code]).toEqual([200, 40002]);
    if (typeof message === "string") expect(answer.body.message).toBe(message);
    else expect(answer.body.message).toMatch(message);
    expect(sandbox.events()).toEqual([]);
  });

  test("a body of another type", async () => {
    const headers = { "Access-Token": "token-1" };
    const body = JSON.stringify(one({}));
    const response = await fetch(`${sandbox.url}/open_api/v1.3/event/track/`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ code: 40002, message: "The Content-Type must be application/json" });
  });

  test("one bad event refuses the whole call and is named by its index", async () => {
    const answer = await toTikTok(sandbox, tikTokBody([tikTokEvent(), tikTokEvent({ event_time: NOW })]));
    expect(answer.body.message).toMatch(/^Batch\.1\.event_time/);
    expect(sandbox.events()).toEqual([]);
  });
});

describe("warned of", () => {
  const warnings = () => sandbox.events()[0]?.warnings;

  test.each([
    ["an unhashed email", { email: "ada@example.com" }, /^user\.email is not a SHA-256 hash/],
    ["a country's name", { email: EMAIL_HASH, country: "United States" }, /^user\.country/],
    ["a city with a point", { email: EMAIL_HASH, city: "St. Louis" }, /^user\.city/],
    ["a hashed state", { email: EMAIL_HASH, state: EMAIL_HASH }, /^user\.state is hashed/],
    ["a locale that is none", { email: EMAIL_HASH, locale: "English (US)" }, /^user\.locale/],
    ["an address alone", { ip: "203.0.113.7" }, /best together/],
    ["a user agent alone", { user_agent: "x" }, /best together/],
    ["an address of a network at home", { ip: "10.0.0.1", user_agent: "x" }, /^user\.ip is not a public/],
    ["nobody", {}, /^no match key/],
    ["a locale alone", { locale: "en-US" }, /^no match key/],

    ["an upper-case hash", { email: EMAIL_HASH.toUpperCase() }, /^user\.email .*upper case/],
    ["the hash of nothing", { phone: EMPTY_HASH }, /^user\.phone .*hash of ""/],
    ["one unhashed value of two", { external_id: [EMAIL_HASH, "u-1"] }, /^user\.external_id/],
    ["a hashed click id", { ttclid: EMAIL_HASH }, /^user\.ttclid is hashed/],
    ["a list of addresses", { ip: "203.0.113.7, 10.0.0.1", user_agent: "x" }, /^user\.ip/],
    ["an unknown key", { mail: EMAIL_HASH }, /^user\.mail/],
    ["a key of another source", { idfa: "EA7583CD-A667-48BC-B806-42ECB2B48606" }, /^user\.idfa.*web/],
  ])("%s", async (_, user, warning) => {
    expect((await withUser(user)).body.code).toBe(0);
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["value without currency", { value: 1 }, /value without currency/],
    ["currency without value", { currency: "EUR" }, /currency without value/],
    ["an unlisted currency", { value: 1, currency: "XXX" }, /^currency is not one/],
    ["a currency of app events alone", { value: 1, currency: "BGN" }, /^currency is not one/],
    ["a customer of no type", { customer_type: "old" }, /^customer_type/],
    ["a delivery that is none", { delivery_category: "drone" }, /^delivery_category/],
    ["an item outside contents", { content_id: "1" }, /^properties\.content_id belongs into/],
    ["an unknown content type", { content_type: "thing" }, /content_type/],
  ])("%s", async (_, properties, warning) => {
    expect((await withProperties(properties)).body.code).toBe(0);
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["fields of the older API", { timestamp: "2026-11-21T12:00:00Z" }, /"timestamp" is not a field/],
    ["a test code inside an event", { test_event_code: "TEST1" }, /"test_event_code"/],
    ["no event id", { event_id: undefined }, /no event_id/],
    ["limited data use without address", { limited_data_use: true, user: { email: EMAIL_HASH } }, /public user\.ip/],
    ["a name in lower case", { event: "purchase" }, /^purchase is a custom event: .* Purchase$/],
    ["a name of 51", { event: "a".repeat(51) }, /not a valid custom event name/],
    ["a name that ends with a hyphen", { event: "My-" }, /not a valid custom event name/],
    ["a name with a space", { event: "My event" }, /not a valid custom event name/],
    ["a page that is a path", { page: { url: "/cart" } }, /^page\.url/],
    ["a time to come", { event_time: NOW_SECONDS + 120 }, /future/],
    ["a lead", { lead: { lead_id: "7" } }, /^lead is not a field of web events/],
    ["an ad's campaign", { ad: { campaign_id: "7" } }, /^ad\.campaign_id/],
    ["more than all of an attribution", { ad: { attribution_share: 1.5 } }, /^ad\.attribution_share/],
  ])("%s", async (_, fields, warning) => {
    expect((await send(tikTokEvent(fields))).body.code).toBe(0);
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test("advertising ids in the wrong case", async () => {
    const user = { idfa: "ea7583cd-a667-48bc-b806-42ecb2b48606", gaid: "38400000-8CF0-11BD-B23E-10B96E40000D" };
    const app = { user, page: undefined, event_id: undefined, app: { app_id: "com.shop.app" } };
    await send(tikTokEvent(app), { event_source: "app" });
    expect(warnings()).toEqual(["user.idfa is not upper-case", "user.gaid is not lower-case"]);
  });

  test("a phone that tracking was denied to", async () => {
    const user = { phone: EMAIL_HASH, att_status: "DENIED", ip: "203.0.113.7", user_agent: "x" };
    const app = { page: undefined, event_id: undefined, app: { app_id: "com.shop.app" } };
    await send(tikTokEvent({ ...app, user }), { event_source: "app" });
    await send(tikTokEvent({ ...app, user: { ...user, att_status: "YES" } }), { event_source: "app" });
    expect(sandbox.events().map((event) => event.warnings)).toEqual([
      ["user.att_status is DENIED: email and phone are not used"],
      ["user.att_status is none that TikTok knows"],
    ]);
  });

  test.each(["Checkout", "2Dretention", "LevelUp"])("%s is a name of an app event", async (event) => {
    const app = { page: undefined, event_id: undefined, app: { app_id: "com.shop.app" } };
    await send(tikTokEvent({ ...app, event }), { event_source: "app" });
    expect(warnings()).toEqual([]);
  });

  test("a purchase in a shop 29 days ago, which is taken all the same", async () => {
    const user = { phone: EMAIL_HASH };
    const time = NOW_SECONDS - 29 * 86_400;
    await send(tikTokEvent({ event: "Purchase", event_time: time, page: undefined, user }), {
      event_source: "offline",
    });
    expect(warnings()).toEqual([expect.stringMatching(/28 days/)]);
  });

  test("fields beside the events", async () => {
    await send(tikTokEvent(), { pixel_code: "C0FFEEC0FFEEC0FFEE00" });
    expect(warnings()).toEqual(['"pixel_code" is not a field of the request: it is ignored']);
  });

  test("a custom name offline", async () => {
    await send(tikTokEvent({ event: "Till", page: undefined, user: { email: EMAIL_HASH } }), {
      event_source: "offline",
    });
    expect(warnings()).toEqual(["offline events take standard names only"]);
  });
});

describe("a thousand calls a second are an app's limit", () => {
  test("and the next is 40100, until the second is over", async () => {
    let now = NOW;
    await using busy = await createSandbox({ now: () => now });
    const call = (token?: string) => toTikTok(busy, tikTokBody([tikTokEvent()]), token);
    for (let calls = 0; calls < 1000; calls += 50) {
      const codes = await Promise.all(Array.from({ length: 50 }, async () => (await call()).body.code));
      expect(new Set(codes)).toEqual(new Set([0]));
    }
    expect(await call()).toMatchObject({
      status: 200,
      body: { code: 40100, message: expect.stringMatching(/reaches the QPS limit 1000, current QPS is 1001$/) },
    });
    expect((await call("another-app")).body.code).toBe(0);
    now += 1000;
    expect((await call()).body.code).toBe(0);
    expect(busy.events()).toHaveLength(1002);
  });
});
