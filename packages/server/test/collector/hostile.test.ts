import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/index.js";
import { createShopTracker } from "../shop.js";
import { envelope, pixelEvent } from "./batch.js";

// What vendors get of it is not asked here: the transport fails, and events wait.
const sandbox = await createSandbox();
const tracker = createShopTracker(sandbox, {
  collector: { origins: ["https://shop.example"], cookies: {}, isBot: (agent) => agent === "bot" },
  transport: async () => {
    throw new Error("no vendor");
  },
});
afterAll(async () => {
  await tracker.close({ timeout: 0 });
  await sandbox.close();
});

async function statusOf(body: BodyInit, headers: Record<string, string> = {}): Promise<number> {
  const request = new Request("https://shop.example/collect", {
    method: "POST",
    body,
    headers: { "Content-Type": "text/plain", "User-Agent": "test", Origin: "https://shop.example", ...headers },
  });
  const response = await tracker.collect(request, { remoteAddress: "127.0.0.1" });
  await response.json();
  return response.status;
}

const refusals = [202, 400, 403, 413, 415];

/** Names and values that have been trouble somewhere. */
const word = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "length",
  "id",
  "contents",
  "value",
  "currency",
  "url",
  "meta",
  "tiktok",
  "advertising",
  "",
  "\u0000",
  "\ud800",
  "x".repeat(300),
);
const value = fc.oneof(
  fc.jsonValue(),
  word,
  fc.double(),
  fc.constantFrom(1e308, -1e308, 2 ** 53, -0, 8.64e15, 8.64e15 + 1),
);
const bag = fc.dictionary(
  word,
  fc.oneof(value, fc.dictionary(word, value), fc.array(fc.dictionary(word, value), { maxLength: 3 })),
);

describe("collect never answers 5xx and never throws for what a client sends", () => {
  it("any bytes", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(refusals).toContain(await statusOf(new Uint8Array(bytes)));
      }),
      { numRuns: 500 },
    ));

  it("any text", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(refusals).toContain(await statusOf(text));
      }),
      { numRuns: 500 },
    ));

  it("any JSON", () =>
    fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        expect(refusals).toContain(await statusOf(text));
      }),
      { numRuns: 500 },
    ));

  it("any events, and any part of one", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom("id", "name", "time", "properties", "matchKeys", "context", "consent", "tags", "user"),
        fc.oneof(value, bag),
        fc.uuid(),
        async (field, part, id) => {
          const event = pixelEvent(id, { [field]: part });
          expect(await statusOf(JSON.stringify({ sentAt: part, events: [event, part] }))).toBe(202);
        },
      ),
      { numRuns: 1_500 },
    ));

  it("any properties of any event", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          "Purchase",
          "AddToCart",
          "Search",
          "PageView",
          "ViewContent",
          "CompletePayment",
          "My Event",
          "__proto__",
          "constructor",
        ),
        bag,
        fc.uuid(),
        async (name, properties, id) => {
          expect(await statusOf(JSON.stringify(envelope(pixelEvent(id, { name, properties }))))).toBe(202);
        },
      ),
      { numRuns: 1_500 },
    ));

  it("any context of any source", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom("web", "app", "store"),
        fc.record({ page: bag, clicks: bag, app: bag, device: bag, locale: value, ip: value }, { requiredKeys: [] }),
        fc.uuid(),
        async (source, context, id) => {
          const event = pixelEvent(id, { context: { ...context, source } });
          expect(await statusOf(JSON.stringify(envelope(event)))).toBe(202);
        },
      ),
      { numRuns: 1_000 },
    ));

  it("any headers", () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom(
            "Content-Type",
            "Content-Length",
            "Content-Encoding",
            "Origin",
            "Host",
            "Cookie",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
          ),
          fc.oneof(
            fc.string({ unit: fc.constantFrom(..."abc:;,=\"'/\\[]%.019 ") }),
            fc.constantFrom(
              "https://",
              "://",
              "null",
              "text/plain;charset",
              "_fbp=",
              "bot",
              "http://[",
              "1e99",
              "127.0.0.1",
              "*",
            ),
          ),
        ),
        async (headers) => {
          expect(refusals).toContain(await statusOf(JSON.stringify(envelope(pixelEvent("1"))), headers));
        },
      ),
      { numRuns: 1_000 },
    ));
});
