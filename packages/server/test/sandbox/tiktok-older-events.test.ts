import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, NOW, tikTokBody, tikTokEvent, toTikTok } from "./calls.js";

const PIXEL = "C0FFEEC0FFEEC0FFEE00";
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ expiredTokens: ["old"], now: () => NOW });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const event = (more: Record<string, unknown> = {}) => ({
  event: "AddToCart",
  event_id: "e-1",
  timestamp: "2026-11-21T12:00:00Z",
  context: {
    ad: { callback: "E.C.P.abc" },
    page: { url: "https://shop.example/cart", referrer: "" },
    user: { email: EMAIL_HASH, phone_number: EMAIL_HASH, external_id: EMAIL_HASH, ttp: "a".repeat(27) },
    ip: "203.0.113.7",
    user_agent: "Mozilla/5.0",
  },
  properties: {
    contents: [{ content_id: "1234", content_type: "product", quantity: 2, price: 9.99, status: "new" }],
    ...{ currency: "EUR", value: 21.97, description: "d", query: "q" },
  },
  ...more,
});
const track = (more: Record<string, unknown> = {}, token?: string) =>
  toTikTok(sandbox, { pixel_code: PIXEL, ...event(more) }, token, "pixel/track/");
const batch = (events: unknown, more: Record<string, unknown> = {}) =>
  toTikTok(sandbox, { pixel_code: PIXEL, batch: events, ...more }, "token-1", "pixel/batch/");

describe("accepted", () => {
  test("one event", async () => {
    expect((await track({ test_event_code: "TEST1", partner_name: "shop" })).body).toEqual({
      code: 0,
      message: "OK",
      request_id: expect.any(String),
      data: {},
    });
    expect(sandbox.events()).toMatchObject([
      {
        endpoint: "tiktok.events",
        side: "server",
        sourceId: PIXEL,
        name: "AddToCart",
        id: "e-1",
        testEventCode: "TEST1",
        time: NOW,
        matchKeys: ["callback", "email", "external_id", "ip", "phone_number", "ttp", "user_agent"],
        warnings: [],
      },
    ]);
  });

  test("fifty at once, with and without their type", async () => {
    const events = Array.from({ length: 50 }, (_, index) => event({ event_id: `e-${index}`, type: "track" }));
    events[0] = event({ event_id: "e-0", timestamp: undefined });
    expect((await batch(events)).body.code).toBe(0);
    expect(sandbox.events()).toHaveLength(50);
    // TikTok takes the time of arrival.
    expect(sandbox.events()[0]).not.toHaveProperty("time");
  });

  test("its events are copies of the newer API's", async () => {
    await toTikTok(sandbox, tikTokBody([tikTokEvent()]));
    await track();
    await batch([event()]);
    expect(sandbox.events().map(({ outcome }) => outcome)).toEqual(["counted", "deduplicated", "deduplicated"]);
  });
});

describe("refused", () => {
  test("a token that has expired", async () => {
    expect((await track({}, "old")).body.code).toBe(40102);
  });

  test.each([
    ["no pixel", { pixel_code: undefined }, "pixel_code: Missing data for required field"],
    ["no name", { event: undefined }, "event: Missing data for required field"],
    ["a numeric id", { event_id: 1 }, "event_id: Not a valid string"],
    ["seconds", { timestamp: 1_795_262_400 }, "timestamp: Not a valid datetime"],
    ["a day that is none", { timestamp: "2026-13-01" }, "timestamp: Not a valid datetime"],
    ["several emails", { context: { user: { email: ["a"] } } }, "context.user.email: Not a valid string"],
    ["a formatted value", { properties: { value: "1,000" } }, "properties.value: Not a valid number"],
  ])("%s", async (_, more, message) => {
    const answer = await track(more);
    expect([answer.status, answer.body.code, answer.body.message]).toEqual([200, 40002, message]);
    expect(sandbox.events()).toEqual([]);
  });

  const numericId = event({ properties: { contents: [{ content_id: 1077218 }] } });
  test.each([
    ["no list", undefined, "batch: Missing data for required field"],
    ["what is no list", {}, "batch: Not a valid list"],
    ["nothing", [], "batch: Length must be between 1 and 50"],
    ["51", Array(51).fill(event()), "batch: Length must be between 1 and 50"],
    ["another type", [event({ type: "identify" })], "Batch.0.type: Not a valid type"],
    ["text", ["x"], "Batch.0: Not a valid object"],
    // Word for word what a client was answered.
    ["a numeric content id", [numericId], "Batch.0.properties.contents.0.content_id: Not a valid string"],
    [
      "a bad one after a good one",
      [event(), numericId],
      "Batch.1.properties.contents.0.content_id: Not a valid string",
    ],
  ])("a batch of %s", async (_, events, message) => {
    const answer = await batch(events);
    expect([answer.status, answer.body.code, answer.body.message]).toEqual([200, 40002, message]);
    expect(sandbox.events()).toEqual([]);
  });
});

describe("warned of", () => {
  test.each([
    ["fields of the newer API", { event_time: 1 }, /^"event_time" is not a field of this API/],
    ["no event_id", { event_id: undefined }, /no event_id/],
    ["a key of the newer API", { context: { user: { phone: EMAIL_HASH } } }, /^user\.phone is not a user field/],
    ["an unhashed email", { context: { user: { email: "a@b.example" } } }, /^user\.email is not a SHA-256 hash/],
    ["an address of a network at home", { context: { ip: "10.0.0.1" } }, /^context\.ip is not a public/],
    ["value without currency", { properties: { value: 1 } }, /value without currency/],
  ])("%s", async (_, more, warning) => {
    expect((await track(more)).body.code).toBe(0);
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });
});
