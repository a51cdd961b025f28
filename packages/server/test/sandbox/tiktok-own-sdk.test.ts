import { ApiClient, EventCallbackApi, PixelBatchBody, PixelTrackBody } from "tiktok-business-api-sdk-official";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, NOW, tikTokBody, tikTokEvent } from "./calls.js";

// TikTok's SDK for Node, which nobody here wrote, against the sandbox. It has methods for the older API; the newer one is
// called with its client, as its users do.

const PIXEL = "C0FFEEC0FFEEC0FFEE00";
const client = new ApiClient();
const events = new EventCallbackApi(client);
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["wrong"], expiredTokens: ["old"], now: () => NOW });
  client.basePath = sandbox.url;
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** What the SDK gives its callback, as a promise. */
const called = (call: (callback: (error: Error | null, data: unknown) => void) => unknown) =>
  new Promise<unknown>((resolve, reject) => call((error, data) => (error ? reject(error) : resolve(data))));

const fields = (more: Record<string, unknown> = {}) => ({
  event: "AddToCart",
  event_id: "e-1",
  timestamp: "2026-11-21T12:00:00Z",
  context: {
    ad: { callback: "E.C.P.abc" },
    page: { url: "https://shop.example/cart" },
    user: { email: EMAIL_HASH, ttp: "a".repeat(27) },
    ip: "203.0.113.7",
    user_agent: "Mozilla/5.0",
  },
  properties: { contents: [{ content_id: "1234", quantity: 2, price: 9.99 }], currency: "EUR", value: 21.97 },
  ...more,
});
const track = (more: Record<string, unknown> = {}, token = "token-1") => {
  const body = PixelTrackBody.constructFromObject({ pixel_code: PIXEL, ...fields(more) });
  return called((callback) => events.pixelTrack(token, { body }, callback));
};
const batch = (list: readonly Record<string, unknown>[]) => {
  const body = PixelBatchBody.constructFromObject({ pixel_code: PIXEL, batch: list });
  return called((callback) => events.pixelBatch("token-1", { body }, callback));
};
const eventTrack = (body: unknown, token = "token-1", path = "/open_api/v1.3/event/track/") => {
  const json = ["application/json"];
  const headers = { "Access-Token": token };
  return called((callback) =>
    client.callApi(path, "POST", {}, {}, headers, {}, body, [], json, json, Object, callback),
  );
};

describe("its events are taken", () => {
  test("one by one", async () => {
    expect(await track()).toMatchObject({ request_id: expect.any(String) });
    expect(sandbox.events()).toMatchObject([
      {
        endpoint: "tiktok.events",
        sourceId: PIXEL,
        name: "AddToCart",
        id: "e-1",
        time: NOW,
        warnings: [],
        matchKeys: ["callback", "email", "ip", "ttp", "user_agent"],
      },
    ]);
    expect(sandbox.requests()).toMatchObject([{ path: "/open_api/v1.3/pixel/track/" }]);
    expect(JSON.stringify(sandbox.requests())).not.toContain("token-1");
  });

  test("in a batch", async () => {
    await batch([fields({ type: "track" }), fields({ type: "track", event_id: "e-2" })]);
    expect(sandbox.events().map(({ id, warnings }) => [id, warnings])).toEqual([
      ["e-1", []],
      ["e-2", []],
    ]);
  });

  test("by the newer API", async () => {
    await eventTrack(tikTokBody([tikTokEvent()], { test_event_code: "TEST1" }));
    expect(sandbox.events()).toMatchObject([{ name: "AddToCart", testEventCode: "TEST1", warnings: [] }]);
  });
});

describe("its broken ones get TikTok's codes, as it gives them to its users", () => {
  const told = (code: number, message = "") =>
    expect.objectContaining({ message: expect.stringMatching(new RegExp(`message: ${message}.* code: ${code}$`)) });
  const numericId = { properties: { contents: [{ content_id: 1234 }] } };

  test.each([
    ["wrong", 40105],
    ["old", 40102],
    ["", 40104],
  ])("the token %j", async (token, code) => {
    await expect(track({}, token)).rejects.toEqual(told(code));
    await expect(eventTrack(tikTokBody([tikTokEvent()]), token)).rejects.toEqual(told(code));
  });

  test("a missing name, a time in seconds, 51 events, none", async () => {
    await expect(track({ event: undefined })).rejects.toEqual(told(40002, "event: Missing data"));
    await expect(track({ timestamp: "yesterday" })).rejects.toEqual(told(40002, "timestamp: Not a valid datetime"));
    await expect(batch(Array(51).fill(fields()))).rejects.toEqual(told(40002, "batch: Length must be"));
    await expect(batch([])).rejects.toEqual(told(40002, "batch: Length must be"));
  });

  test.each([
    ["a numeric content id", numericId, "Batch.0.properties.contents.0.content_id: Not a valid string"],
    ["milliseconds", { event_time: NOW }, "Batch.0.event_time: Not a valid Unix timestamp in seconds"],
    ["no page", { page: undefined }, "Batch.0.page.url: Missing data for required field"],
    ["a numeric event id", { event_id: 7 }, "Batch.0.event_id: Not a valid string"],
  ])("the newer API: %s", async (_, more, message) => {
    await expect(eventTrack(tikTokBody([tikTokEvent(more)]))).rejects.toEqual(told(40002, message));
    expect(sandbox.events()).toEqual([]);
  });

  test("the newer API: 1001 events, and a path without its slash", async () => {
    await expect(eventTrack(tikTokBody(Array(1001).fill(tikTokEvent())))).rejects.toEqual(told(40002, "data: Length"));
    const noSlash = eventTrack(tikTokBody([tikTokEvent()]), "token-1", "/open_api/v1.3/event/track");
    await expect(noSlash).rejects.toMatchObject({ status: 404 });
  });
});
