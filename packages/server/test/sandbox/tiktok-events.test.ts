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
        matchKeys: ["email", "ip", "user_agent"],
        warnings: [],
        payload: event,
      },
    ]);
  });

  test.each([
    ["app", { page: undefined, event_id: undefined, app: { app_id: "com.shop.app" } }],
    ["offline", { page: undefined, user: { phone: [sha256("+12133734253")] } }],
    ["crm", { page: undefined, user: { email: EMAIL_HASH }, lead: { lead_id: "7" } }],
  ])("%s events need their own fields", async (source, fields) => {
    expect((await send(tikTokEvent(fields), { event_source: source })).body.code).toBe(0);
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

  test("without the slash at the end there is nothing", async () => {
    const response = await fetch(`${sandbox.url}/open_api/v1.3/event/track`, { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
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
    bad("no source id", tikTokBody([tikTokEvent()], { event_source_id: "" }), /^event_source_id/),
    bad("no data", tikTokBody([tikTokEvent()], { data: undefined }), /^data/),
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
    ["an upper-case hash", { email: EMAIL_HASH.toUpperCase() }, /^user\.email .*upper case/],
    ["the hash of nothing", { phone: EMPTY_HASH }, /^user\.phone .*hash of ""/],
    ["one unhashed value of two", { external_id: [EMAIL_HASH, "u-1"] }, /^user\.external_id/],
    ["a hashed click id", { ttclid: EMAIL_HASH }, /^user\.ttclid is hashed/],
    ["a list of addresses", { ip: "203.0.113.7, 10.0.0.1" }, /^user\.ip/],
    ["an unknown key", { mail: EMAIL_HASH }, /^user\.mail/],
    ["a key of another source", { idfa: "EA7583CD-A667-48BC-B806-42ECB2B48606" }, /^user\.idfa.*web/],
  ])("%s", async (_, user, warning) => {
    expect((await withUser(user)).body.code).toBe(0);
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["value without currency", { value: 1 }, /value without currency/],
    ["an unlisted currency", { value: 1, currency: "XXX" }, /currency XXX/],
    ["an unknown content type", { content_type: "thing" }, /content_type/],
  ])("%s", async (_, properties, warning) => {
    expect((await withProperties(properties)).body.code).toBe(0);
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["fields of the older API", { timestamp: "2026-11-21T12:00:00Z" }, /"timestamp" is not a field/],
    ["a test code inside an event", { test_event_code: "TEST1" }, /"test_event_code"/],
    ["no event id", { event_id: undefined }, /no event_id/],
    ["limited data use without address", { limited_data_use: true, user: {} }, /without user\.ip/],
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

  test("a custom name offline", async () => {
    await send(tikTokEvent({ event: "Till", page: undefined, user: { email: EMAIL_HASH } }), {
      event_source: "offline",
    });
    expect(warnings()).toEqual(["offline events take standard names only"]);
  });
});
