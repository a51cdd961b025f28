import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createSandbox } from "../../src/sandbox/index.js";
import { appForm, metaEvent, NOW, tikTokBody, tikTokEvent } from "./calls.js";

// The clock moves on, so that the vendors' limits of calls a second are not what is met.
let now = NOW;
const sandbox = await createSandbox({ now: () => (now += 10), maxEvents: 100, maxRequests: 100, mmpApps: ["4321"] });
afterAll(() => sandbox.close());
afterEach(() => {
  now = NOW;
  sandbox.reset();
});

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** The status of the answer, which must come whole. */
async function statusOf({ method = "POST", path, headers = {}, body }: Sent): Promise<number> {
  const call = request(sandbox.url + path, { method, headers, insecureHTTPParser: false });
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode ?? 0;
}

async function takes(sent: Sent): Promise<void> {
  const status = await statusOf(sent);
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
}

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": "203.0.113.7" };
const endpoints: readonly Sent[] = [
  { path: "/open_api/v1.3/event/track/", headers: { ...json, "access-token": "t" } },
  { path: "/open_api/v1.3/pixel/track/", headers: { ...json, "access-token": "t" } },
  { path: "/open_api/v1.3/pixel/batch/", headers: { ...json, "access-token": "t" } },
  { path: "/v26.0/1/events?access_token=t", headers: json },
  { path: "/v26.0/1/events?access_token=t", headers: form },
  { path: "/4321/activities?access_token=t", headers: form },
  { path: "/api/v2/pixel" },
  { path: "/tr" },
];
const endpoint = fc.constantFrom(...endpoints);

/** Names and values that have been trouble somewhere. */
const word = fc.constantFrom(
  ...[
    "__proto__",
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "length",
    "0",
    "",
    "\u0000",
    "\ud800",
    "'",
    '"',
  ],
  ...[
    "data",
    "event",
    "event_name",
    "event_time",
    "user",
    "user_data",
    "custom_data",
    "properties",
    "contents",
    "value",
  ],
  ...[
    "app_data",
    "extinfo",
    "messaging_channel",
    "action_source",
    "currency",
    "page",
    "context",
    "ud",
    "cd",
    "ts",
    "em",
  ],
  ...[
    "delivery_category",
    "custom_events",
    "_eventName",
    "_logTime",
    "locale",
    "ip",
    "timestamp",
    "batch",
    "appsecret_proof",
  ],
);
const value = fc.oneof(
  word,
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.constantFrom(1e308, 2 ** 53, -1, 8.64e15, 1e17, null, true, "x".repeat(300), "constructor", "CUSTOM_APP_EVENTS"),
);
const { tree } = fc.letrec<{ tree: unknown; bag: unknown }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, value, fc.array(tie("tree"), { maxLength: 3 }), tie("bag")),
  bag: fc.dictionary(word, tie("tree"), { maxKeys: 5 }),
}));
const bag = fc.dictionary(word, tree, { maxKeys: 6 });

describe("whatever is sent, the answer is whole and no 5xx", () => {
  test("any bytes, to any endpoint", () =>
    fc.assert(
      fc.asyncProperty(endpoint, fc.uint8Array({ maxLength: 300 }), async (sent, body) => takes({ ...sent, body })),
      { numRuns: 300 },
    ));

  test("any JSON", () =>
    fc.assert(
      fc.asyncProperty(endpoint, tree, async (sent, body) => takes({ ...sent, body: JSON.stringify(body) ?? "" })),
      { numRuns: 400 },
    ));

  test("a good event with anything in the place of its parts", () =>
    fc.assert(
      fc.asyncProperty(bag, fc.boolean(), async (more, isWhole) => {
        const at = (event: Record<string, unknown>) => Object.assign(event, more);
        const meta = { data: [at(metaEvent())], ...(isWhole && more) };
        const tiktok = tikTokBody([at(tikTokEvent())], isWhole ? more : {});
        await takes({ ...(endpoints[0] as Sent), body: JSON.stringify(tiktok) });
        await takes({ ...(endpoints[3] as Sent), body: JSON.stringify(meta) });
        await takes({ path: "/api/v2/pixel", body: JSON.stringify(at({ pixel_code: "C", event: "Contact" })) });
      }),
      { numRuns: 400 },
    ));

  test("a good event with anything in the place of what is in its parts", () =>
    fc.assert(
      fc.asyncProperty(bag, bag, bag, async (user, custom, app) => {
        const data = [metaEvent({ user_data: user, custom_data: custom, app_data: app, action_source: "other" })];
        await takes({ ...(endpoints[3] as Sent), body: JSON.stringify({ data }) });
        const events = [tikTokEvent({ user, properties: custom, ad: app })];
        await takes({ ...(endpoints[0] as Sent), body: JSON.stringify(tikTokBody(events)) });
        const body = { pixel_code: "C", event: "Purchase", timestamp: custom, properties: custom, context: { user } };
        await takes({ path: "/api/v2/pixel", body: JSON.stringify(body) });
      }),
      { numRuns: 300 },
    ));

  test("any fields in a form or a query, nested or not", () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.oneof(
            word,
            fc.tuple(word, word).map(([outer, inner]) => `${outer}[${inner}]`),
            fc.string(),
          ),
          fc.oneof(
            fc.string(),
            tree.map((value) => JSON.stringify(value) ?? ""),
          ),
          { maxKeys: 6 },
        ),
        async (fields) => {
          const all = { ...appForm(), ...fields };
          const text = new URLSearchParams(Object.entries(all).map(([key, value]) => [key, value ?? ""])).toString();
          await takes({ path: "/4321/activities", headers: form, body: text });
          await takes({ path: `/4321/activities?${text}`, headers: form });
          await takes({ path: "/v26.0/1/events", headers: form, body: text });
          await takes({ method: "GET", path: `/tr?id=1&ev=Lead&${text}` });
        },
      ),
      { numRuns: 200 },
    ));

  test("any item of custom_events", () =>
    fc.assert(
      fc.asyncProperty(bag, async (item) => {
        const custom_events = JSON.stringify([{ _eventName: "a", ...item }]);
        await takes({
          path: "/4321/activities",
          headers: form,
          body: new URLSearchParams(Object.entries(appForm({ custom_events })) as [string, string][]).toString(),
        });
      }),
      { numRuns: 200 },
    ));

  test("any path and method", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"),
        fc.array(
          fc.oneof(
            fc.constantFrom("v26.0", "1", "events", "activities", "open_api", "tr", "%", "%00", ".."),
            fc.string(),
          ),
        ),
        async (method, parts) => {
          const path = `/${parts.join("/")}`.replace(/[^\u0021-\u007e]/g, "x");
          await takes({ method, path });
        },
      ),
      { numRuns: 300 },
    ));

  test("any headers", () =>
    fc.assert(
      fc.asyncProperty(
        endpoint,
        fc.dictionary(
          fc.constantFrom("content-type", "authorization", "access-token", "x-forwarded-for", "origin", "cookie"),
          fc.oneof(
            fc.string().map((text) => text.replace(/[^\u0020-\u00ff]/g, "")),
            fc.constantFrom(
              "multipart/form-data; boundary=",
              "multipart/form-data; boundary=a",
              "application/json;;",
              "Bearer ",
            ),
          ),
        ),
        async (sent, headers) => takes({ ...sent, headers: { ...sent.headers, ...headers }, body: "--a\r\n\r\n--a--" }),
      ),
      { numRuns: 200 },
    ));
});

describe("bodies made to hurt", () => {
  const MiB = 1024 * 1024;
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  /** With a depth in the place of an `x` that is 0. */
  const deepIn = (body: unknown) => JSON.stringify(body).replace('"x":0', `"x":${deep(100_000)}`);
  const multipart = "multipart/form-data; boundary=a";

  test.each<[string, Sent]>([
    ["lists in lists", { ...(endpoints[3] as Sent), body: `{"data":${deep(4 * MiB)}}` }],
    ["objects in objects", { ...(endpoints[0] as Sent), body: `{"data":[${'{"user":'.repeat(MiB)}` }],
    [
      "depth where a text belongs",
      { ...(endpoints[0] as Sent), body: deepIn(tikTokBody([tikTokEvent({ user: { x: 0 } })])) },
    ],
    ["depth in a form", { path: "/4321/activities?access_token=t", headers: form, body: `ud=${deep(MiB)}` }],
    ["quotes and backslashes", { ...(endpoints[0] as Sent), body: `"${'\\"'.repeat(4 * MiB)}` }],
    ["millions of fields", { path: "/4321/activities", headers: form, body: "a&".repeat(4 * MiB) }],
    ["millions of nested fields", { path: "/4321/activities", headers: form, body: "ud[a]&".repeat(2 * MiB) }],
    [
      "a boundary without end",
      { path: "/4321/activities", headers: { "content-type": multipart }, body: "-".repeat(15 * MiB) },
    ],
    [
      "headers without end",
      {
        path: "/4321/activities",
        headers: { "content-type": multipart },
        body: `--a\r\n${"A: b\r\n".repeat(2 * MiB)}`,
      },
    ],
    ["a million events", { ...(endpoints[0] as Sent), body: JSON.stringify(tikTokBody(Array(MiB).fill(0))) }],
    ["a long query", { method: "GET", path: `/tr?id=1&ev=Lead&${"a&".repeat(100_000)}` }],
  ])(
    "%s",
    async (_, sent) => {
      await takes(sent);
    },
    10_000,
  );

  test("what nobody could show is not taken", async () => {
    const body = deepIn({ data: [metaEvent({ custom_data: { x: 0 } })] });
    expect(await statusOf({ ...(endpoints[3] as Sent), body })).toBe(400);
    expect(sandbox.events()).toEqual([]);
  });

  test("a depth that events have is none", async () => {
    const custom_data = { a: { b: { c: { d: [{ e: [1] }] } } }, text: deep(500) };
    const body = JSON.stringify({ data: [metaEvent({ custom_data })] });
    expect(await statusOf({ ...(endpoints[3] as Sent), body })).toBe(200);
  });

  test("half a request does not keep others waiting", async () => {
    const socket = connect(Number(new URL(sandbox.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /v26.0/1/events HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 1000\r\n\r\n{");
    await takes({ path: "/4321/activities", headers: form, body: "" });
    socket.destroy();
  });
});
