import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { EventEntry, FeedEntry, RequestEntry } from "../../src/sandbox/feed/entries.js";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";
import { appForm, EMAIL_HASH, metaEvent, NOW, tikTokBody, tikTokEvent, toApp, toMeta, toTikTok } from "./calls.js";
import { FeedReader } from "./feed-reader.js";

const open: { close(): unknown }[] = [];
const start = async (options?: SandboxOptions) => {
  const sandbox = await createSandbox({ now: () => NOW, ...options });
  open.push(sandbox);
  return sandbox;
};
const follow = async (sandbox: Sandbox, lastId?: string) => {
  const reader = await FeedReader.open(sandbox.url, lastId);
  open.unshift(reader);
  return reader;
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const get = async (sandbox: Sandbox, path: string) => {
  const response = await fetch(sandbox.url + path);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};
const events = (entries: readonly FeedEntry[]) => entries.filter(({ kind }) => kind === "event") as EventEntry[];
const requests = (entries: readonly FeedEntry[]) => entries.filter(({ kind }) => kind === "request") as RequestEntry[];
const batch = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => metaEvent({ event_id: `e-${from + index}` }));

describe("the stream", () => {
  test("begins with all that is kept, then goes on with what happens", async () => {
    const sandbox = await start();
    await toMeta(sandbox, [metaEvent()]);
    const reader = await follow(sandbox);
    expect(reader.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await reader.next()).toEqual({ type: "start", events: 1, maxEvents: 50_000, now: NOW });
    expect(await reader.live()).toEqual([
      {
        kind: "event",
        sequence: 0,
        endpoint: "meta.conversions",
        sourceId: "1234567890",
        name: "AddToCart",
        id: "e-1",
        time: NOW,
        receivedAt: NOW,
        outcome: "counted",
        matchKeys: ["client_ip_address", "client_user_agent", "em"],
        warnings: [],
        value: 21.97,
        currency: "EUR",
      },
    ]);
    await fetch(`${sandbox.url}/tr?id=1234567890&ev=AddToCart&eid=e-1&cd[value]=5&cd[currency]=usd`);
    expect(await reader.until((_, entries) => entries.length >= 2)).toEqual([
      { kind: "outcome", sequence: 0, outcome: "deduplicated" },
      expect.objectContaining({ endpoint: "meta.pixel", sequence: 1, outcome: "counted", value: 5, currency: "USD" }),
    ]);
    sandbox.reset();
    expect(await reader.until((_, entries) => entries.length > 0)).toEqual([{ kind: "clear" }]);
  });

  test("tells refused requests in their place, with the vendor's words and the path", async () => {
    const sandbox = await start();
    await toMeta(sandbox, [metaEvent()]);
    await toMeta(sandbox, [
      metaEvent({ event_id: "e-2", user_data: { em: ["x@y.example"], client_user_agent: "Mozilla/5.0" } }),
    ]);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ page: {} })]));
    await toTikTok(sandbox, tikTokBody([tikTokEvent()]));
    const reader = await follow(sandbox);
    const entries = await reader.live();
    expect(entries.map(({ kind }) => kind)).toEqual(["event", "request", "request", "event"]);
    const [ofMeta, ofTikTok] = requests(entries);
    expect(ofMeta).toMatchObject({ sourceId: "1234567890", names: ["AddToCart"], ids: ["e-2"], sent: 1, taken: 0 });
    expect(ofMeta?.refusal).toMatchObject({ code: "100/2804016", path: ["data", 0, "user_data", "em"] });
    expect(ofTikTok).toMatchObject({ sourceId: "C0FFEEC0FFEEC0FFEE00", refusal: { code: "40002" } });
    expect(ofTikTok?.refusal.path).toEqual(["data", 0, "page", "url"]);
    expect(ofTikTok?.refusal.message).toContain("Missing data");
  });

  test("tells what went to a TikTok path without its slash", async () => {
    const sandbox = await start();
    const body = JSON.stringify(tikTokBody([tikTokEvent()]));
    const lost = await fetch(`${sandbox.url}/open_api/v1.3/event/track`, { method: "POST", body });
    expect(lost.status).toBe(404);
    const entries = requests(await (await follow(sandbox)).live());
    expect(entries).toMatchObject([{ names: ["AddToCart"], refusal: { code: "HTTP 404" } }]);
    expect(entries[0]?.refusal.message).toContain("slash");
  });

  test.each([
    ["a server error", { kind: "serverError", status: 503 }, "HTTP 503", 0],
    ["a page of HTML", { kind: "html" }, "HTTP 200", 0],
    ["a cut connection", { kind: "cut" }, "cut", 0],
    ["an answer that was lost", { kind: "cut", when: "after" }, "cut", 2],
    ["an expired token", { kind: "expiredToken" }, "40102", 0],
    ["a limit", { kind: "rateLimit" }, "40100", 0],
    ["a partial success", { kind: "partialSuccess" }, "20001", 1],
  ] as const)("tells %s as refused, and its kind of fault", async (_, fault, code, taken) => {
    const sandbox = await start();
    sandbox.faults.add({ ...fault, endpoint: "tiktok.events" });
    await toTikTok(sandbox, tikTokBody([tikTokEvent(), tikTokEvent({ event_id: "e-2" })])).catch(() => undefined);
    const entries = await (await follow(sandbox)).live();
    expect(requests(entries)).toMatchObject([{ sent: 2, taken, refusal: { code }, faults: [fault.kind] }]);
    expect(events(entries)).toHaveLength(taken);
  });

  test("says nothing more of a request that was only late", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "latency", delay: 1 });
    await toMeta(sandbox, [metaEvent()]);
    const entries = await (await follow(sandbox)).live();
    expect(entries).toMatchObject([{ kind: "event", faults: ["latency"] }]);
  });

  test("tells what has no tag to be expected, and tests", async () => {
    const sandbox = await start();
    await toApp(sandbox, appForm());
    await toMeta(sandbox, [metaEvent({ event_id: "s-1", action_source: "chat" })]);
    await toTikTok(sandbox, tikTokBody([tikTokEvent()], { test_event_code: "TEST1" }));
    const entries = events(await (await follow(sandbox)).live());
    expect(entries.map(({ offPage, isTest }) => [offPage, isTest])).toEqual([
      [true, undefined],
      [true, undefined],
      [undefined, true],
    ]);
  });

  test("goes on after the last message that its reader had", async () => {
    const sandbox = await start();
    const reader = await follow(sandbox);
    await toMeta(sandbox, [metaEvent()]);
    await reader.until((_, entries) => entries.length === 1);
    const { lastId } = reader;
    await reader.close();
    await toMeta(sandbox, [metaEvent({ event_id: "e-2" })]);
    const again = await follow(sandbox, lastId);
    expect(await again.next()).toMatchObject({ type: "entries", entries: [{ id: "e-2" }] });
  });

  test.each([
    ["of another run of the sandbox", "0b2c8f3e-0000-4000-8000-000000000000.1"],
    ["of nothing", "nonsense"],
    ["with a position that is none", undefined],
  ])("begins anew for an id %s", async (_, id) => {
    const sandbox = await start();
    await toMeta(sandbox, [metaEvent()]);
    const first = await follow(sandbox);
    await first.live();
    const run = first.lastId?.split(".")[0];
    const reader = await follow(sandbox, id ?? `${run}.-1`);
    expect((await reader.next()).type).toBe("start");
    expect(await reader.live()).toHaveLength(1);
  });

  test("begins anew for a reader that is too far behind, and keeps nothing for it", { timeout: 60_000 }, async () => {
    const sandbox = await start({ maxEvents: 2_000 });
    const reader = await follow(sandbox);
    await reader.live();
    const { lastId } = reader;
    await reader.close();
    for (let sent = 0; sent < 23_000; sent += 1_000) await toMeta(sandbox, batch(sent, 1_000));
    const again = await follow(sandbox, lastId);
    expect(await again.next()).toMatchObject({ type: "start", events: 2_000 });
    const entries = events(await again.live());
    expect([entries.length, entries[0]?.id, entries.at(-1)?.id]).toEqual([2_000, "e-21000", "e-22999"]);
  });

  test("a reader that does not read is told everything anew, instead of being kept for", {
    timeout: 60_000,
  }, async () => {
    const sandbox = await start({ maxEvents: 2_000 });
    const call = request(`${sandbox.url}/_sandbox/stream`).end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    // Each entry is as large as it may be, so that the machine's own buffers between the two fill up.
    const name = "n".repeat(300);
    for (let sent = 0; sent < 48_000; sent += 1_000) {
      const events = batch(sent, 1_000).map((event) => ({
        ...event,
        event_name: name,
        event_id: `${event.event_id}-${name}`,
      }));
      await toMeta(sandbox, events);
    }
    let text = "";
    for await (const chunk of response) {
      text += chunk;
      if (text.includes("e-47999-")) break;
    }
    expect(text.match(/"type":"start"/g)).toHaveLength(2);
    expect(text.slice(text.lastIndexOf('"type":"start"')).match(/"kind":"event"/g)?.length).toBeLessThanOrEqual(2_000);
    response.destroy();
  });

  test("comes in messages of at most 500 entries", async () => {
    const sandbox = await start();
    const reader = await follow(sandbox);
    await reader.live();
    await toMeta(sandbox, batch(0, 1_000));
    const sizes: number[] = [];
    await reader.until((message, entries) => {
      if (message.type === "entries") sizes.push(message.entries.length);
      return entries.length === 1_000;
    });
    expect(sizes).toEqual([500, 500]);
  });

  test("cuts the texts of a sender that means to fill the page", async () => {
    const sandbox = await start();
    const long = "x".repeat(100_000);
    await fetch(`${sandbox.url}/tr?id=1&ev=${"y".repeat(5_000)}&eid=${"z".repeat(5_000)}`);
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event: long, [long]: 1, page: {} })]));
    const text = JSON.stringify(await (await follow(sandbox)).live());
    expect(text.length).toBeLessThan(4_000);
  });

  test("ends with the sandbox", async () => {
    const sandbox = await start();
    const reader = await follow(sandbox);
    await reader.live();
    await sandbox.close();
    await expect(reader.next()).rejects.toThrow();
  });
});

describe("in full", () => {
  test("an event with its request, whose body is left out; and a request", async () => {
    const sandbox = await start();
    await toMeta(sandbox, [metaEvent()], { access_token: "secret-token" });
    const { body: detail } = await get(sandbox, "/_sandbox/events/0");
    expect(detail.event).toMatchObject({ sequence: 0, request: 0, data: metaEvent(), outcome: "counted" });
    expect(detail.request).toMatchObject({ sequence: 0, events: 1, status: 200, path: "/v26.0/1234567890/events" });
    expect(detail.request).not.toHaveProperty("body");
    const { body: whole } = await get(sandbox, "/_sandbox/requests/0");
    expect(whole.body).toEqual({ data: [metaEvent()], access_token: "[redacted]" });
  });

  test("the data of an app event is the event, not the request's parameters", async () => {
    const sandbox = await start();
    await toApp(sandbox, appForm());
    const { body } = await get(sandbox, "/_sandbox/events/0");
    expect(body.event.data).toMatchObject({ _eventName: "fb_mobile_add_to_cart", event_id: "e-1" });
    expect(body.event.payload).toMatchObject({ advertiser_tracking_enabled: "1" });
  });

  test.each(["/events/1", "/requests/1", "/events/999999999999", "/events/x", "/events/-1"])(
    "nothing at %s",
    async (path) => {
      const sandbox = await start();
      await toMeta(sandbox, [metaEvent()]);
      expect(await get(sandbox, `/_sandbox${path}`)).toMatchObject({
        status: 404,
        body: { error: { code: "not_found" } },
      });
    },
  );

  test("an event whose request has been let go", async () => {
    const sandbox = await start({ maxRequests: 1 });
    await toMeta(sandbox, [metaEvent()]);
    await toMeta(sandbox, [metaEvent({ event_id: "e-2" })]);
    expect(Object.keys((await get(sandbox, "/_sandbox/events/0")).body)).toEqual(["event"]);
  });
});

describe("exports", () => {
  test("NDJSON: the events, one a line", async () => {
    const sandbox = await start();
    await toMeta(sandbox, batch(0, 300));
    const response = await fetch(`${sandbox.url}/_sandbox/export.ndjson`);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="beaconry-events.ndjson"');
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(JSON.parse(JSON.stringify(sandbox.events().map(({ data: _, ...event }) => event))));
  });

  test("HAR 1.2, with every field that the format requires and no token", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "cut", count: 1 });
    await toMeta(sandbox, [metaEvent()]).catch(() => undefined);
    sandbox.faults.add({ kind: "answer", status: 302, headers: { Location: "/x" }, body: "<p>", count: 1 });
    await toTikTok(sandbox, tikTokBody([tikTokEvent()]), "secret-token");
    await toMeta(sandbox, [metaEvent()], { access_token: "secret-token" });
    await toApp(sandbox, appForm({ access_token: "secret-token" }), { path: "/4321/activities?a=1&b=x%20y" });
    await fetch(`${sandbox.url}/tr?id=1&ev=PageView`, { headers: { cookie: "session=secret-token" } });
    const response = await fetch(`${sandbox.url}/_sandbox/export.har`);
    const text = await response.text();
    expect(text).not.toContain("secret-token");
    const har = JSON.parse(text);
    expect(missingFields(har)).toEqual([]);
    const [cut, moved, ofMeta, ofApp, ofTag] = har.log.entries;
    expect(cut).toMatchObject({ response: { status: 0 }, comment: "Faults: cut" });
    expect(moved.response).toMatchObject({ status: 302, redirectURL: "/x", content: { text: "<p>", size: 3 } });
    expect(moved.request.headers).toContainEqual({ name: "access-token", value: "[redacted]" });
    expect(ofMeta).toMatchObject({
      startedDateTime: expect.stringMatching(/^2026-11-21T1[12]:.*Z$/),
      request: {
        method: "POST",
        url: `${sandbox.url}/v26.0/1234567890/events`,
        postData: { mimeType: "application/json" },
      },
      response: { status: 200, content: { mimeType: "application/json" } },
    });
    expect(JSON.parse(ofMeta.request.postData.text).data).toEqual([metaEvent()]);
    expect(JSON.parse(ofMeta.response.content.text)).toMatchObject({ events_received: 1 });
    expect(ofApp.request.queryString).toEqual([
      { name: "a", value: "1" },
      { name: "b", value: "x y" },
    ]);
    expect(ofApp.request.postData).toMatchObject({
      text: "",
      params: expect.arrayContaining([{ name: "access_token", value: "[redacted]" }]),
    });
    expect(ofTag.request).toMatchObject({ method: "GET", bodySize: 0 });
    expect(ofTag.request).not.toHaveProperty("postData");
  });
});

describe("strangers", () => {
  const paths = ["/stream", "/events/0", "/requests/0", "/export.ndjson", "/export.har", "/page/page.js"].map(
    (path) => `/_sandbox${path}`,
  );

  test.each(["/", ...paths])("%s is not read under another name, from another site, or by CORS", async (path) => {
    const sandbox = await start();
    await toMeta(sandbox, [metaEvent()]);
    const foreign: readonly Record<string, string>[] = [
      { host: "attacker.example" },
      { origin: "https://attacker.example" },
      { "sec-fetch-site": "cross-site", "sec-fetch-dest": "script" },
    ];
    for (const headers of foreign) {
      const { status, body } = await raw(sandbox, path, headers);
      expect([status, body.includes(EMAIL_HASH)]).toEqual([403, false]);
    }
    const own = await raw(sandbox, path, { origin: sandbox.url }, true);
    expect(own.headers["access-control-allow-origin"]).toBeUndefined();
    expect(own.headers).toMatchObject({
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
  });
});

/** With headers that `fetch` does not let a client set; `headOnly`: without waiting for the body's end. */
async function raw(sandbox: Sandbox, path: string, headers: Record<string, string>, headOnly = false) {
  const call = request(sandbox.url + path, { headers }).end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  let body = "";
  if (!headOnly) for await (const chunk of response) body += chunk;
  response.destroy();
  return { status: response.statusCode, headers: response.headers, body };
}

/** What HAR 1.2 asks of each object, by the names of the format's own document; `[]` for each item of a list. */
const required: Readonly<Record<string, Readonly<Record<string, "text" | "number" | "list" | "object">>>> = {
  log: { version: "text", creator: "object", entries: "list" },
  "log.creator": { name: "text", version: "text" },
  "log.entries[]": {
    ...{ startedDateTime: "text", time: "number", request: "object", response: "object" },
    ...{ cache: "object", timings: "object" },
  },
  "log.entries[].request": {
    ...{ method: "text", url: "text", httpVersion: "text", cookies: "list", headers: "list", queryString: "list" },
    ...{ headersSize: "number", bodySize: "number" },
  },
  "log.entries[].request.headers[]": { name: "text", value: "text" },
  "log.entries[].request.queryString[]": { name: "text", value: "text" },
  "log.entries[].request.postData": { mimeType: "text", params: "list", text: "text" },
  "log.entries[].request.postData.params[]": { name: "text" },
  "log.entries[].response": {
    ...{ status: "number", statusText: "text", httpVersion: "text", cookies: "list", headers: "list" },
    ...{ content: "object", redirectURL: "text", headersSize: "number", bodySize: "number" },
  },
  "log.entries[].response.headers[]": { name: "text", value: "text" },
  "log.entries[].response.content": { size: "number", mimeType: "text" },
  "log.entries[].timings": { send: "number", wait: "number", receive: "number" },
};

function missingFields(har: unknown): string[] {
  const kindOf = (value: unknown) =>
    typeof value === "string" ? "text" : Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
  const walk = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => walk(item, `${path}[]`));
    if (typeof value !== "object" || value === null) return [];
    const fields = value as Record<string, unknown>;
    const wrong = Object.entries(required[path] ?? {})
      .filter(([name, kind]) => kindOf(fields[name]) !== kind)
      .map(([name, kind]) => `${path}.${name} is no ${kind}`);
    return [...wrong, ...Object.entries(fields).flatMap(([name, item]) => walk(item, path ? `${path}.${name}` : name))];
  };
  return kindOf((har as { log?: unknown }).log) === "object" ? walk(har, "") : ["log"];
}
