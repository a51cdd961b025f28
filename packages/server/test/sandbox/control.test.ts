import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ControlRoute, controlRoute } from "../../src/sandbox/control/route.js";
import { FaultList } from "../../src/sandbox/faults/fault-list.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { Journal } from "../../src/sandbox/journal.js";
import { createSandboxServer } from "../../src/sandbox/server.js";
import { metaEvent, toMeta } from "./calls.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox({ seed: 7 });
});
afterEach(() => sandbox.close());

interface Init {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** By node:http: fetch would not send every header that an attacker's browser can. */
async function call(path: string, { method = "GET", body = "", headers = {} }: Init = {}, base = sandbox.url) {
  const outgoing = request(base + path, { method, headers, agent: false });
  outgoing.on("error", () => {}).end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const content = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: content === "" ? undefined : JSON.parse(content),
  };
}

const json = { "content-type": "application/json" };
const add = (fault: unknown, headers: Record<string, string> = json) =>
  call("/_sandbox/faults", { method: "POST", body: JSON.stringify(fault), headers });

describe("faults", () => {
  it("are added, listed and removed", async () => {
    const fault = { kind: "rateLimit", endpoint: "meta.conversions", count: 2 };
    const active = { id: "fault-1", fault, struck: 0, left: 2 };
    expect(await add(fault)).toMatchObject({ status: 201, body: active });
    expect(sandbox.faults.list()).toEqual([active]);
    expect((await toMeta(sandbox, [metaEvent()])).body).toMatchObject({ error: { code: 80004 } });
    expect(await call("/_sandbox/faults")).toMatchObject({
      status: 200,
      body: { faults: [{ ...active, struck: 1, left: 1 }] },
    });
    expect(await call("/_sandbox/faults/fault-1", { method: "DELETE" })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await call("/_sandbox/faults/fault-1", { method: "DELETE" })).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
    await add(fault);
    await add({ kind: "cut" });
    expect((await call("/_sandbox/faults", { method: "DELETE" })).status).toBe(204);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it.each([
    ["a wrong fault", { kind: "cut", count: 0 }, "faults.add: count is a number that does not fit"],
    ["no object", [1], "faults.add: options is a list"],
    ["null", null, "faults.add: options is null"],
  ])("%s is 400 and says what is accepted", async (_, fault, message) => {
    expect(await add(fault)).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_option", message: expect.stringContaining(message) } },
    });
    expect(sandbox.faults.list()).toEqual([]);
  });
});

describe("state and reset", () => {
  it("tell and forget", async () => {
    await toMeta(sandbox, [metaEvent({ event_time: Math.floor(Date.now() / 1000) })]);
    await add({ kind: "cut" });
    const state = { url: sandbox.url, seed: 7, events: 1, requests: 1, faults: sandbox.faults.list() };
    expect(await call("/_sandbox/state")).toMatchObject({ status: 200, body: state });
    expect((await call("/_sandbox/reset", { method: "POST" })).status).toBe(204);
    expect((await call("/_sandbox/state")).body).toEqual({ ...state, events: 0, requests: 0, faults: [] });
  });
});

describe("what is refused", () => {
  it.each<[string, string, Init, number, string]>([
    ["an unknown path", "/_sandbox/nothing", {}, 404, "not_found"],
    ["the prefix alone", "/_sandbox", {}, 404, "not_found"],
    ["what looks like an app of Meta's", "/_sandbox/activities", { method: "POST" }, 404, "not_found"],
    ["another method", "/_sandbox/reset", { method: "GET" }, 405, "method_not_allowed"],
    ["no JSON", "/_sandbox/faults", { method: "POST", body: "{", headers: json }, 400, "invalid_json"],
    ["no type", "/_sandbox/faults", { method: "POST", body: "{}" }, 415, "unsupported_type"],
    [
      "a form's type",
      "/_sandbox/faults",
      { method: "POST", body: "{}", headers: { "content-type": "text/plain;application/json" } },
      415,
      "unsupported_type",
    ],
    [
      "a large body",
      "/_sandbox/faults",
      { method: "POST", body: `"${"x".repeat(65_536)}"`, headers: json },
      413,
      "too_large",
    ],
  ])("%s", async (_, path, init, status, code) => {
    expect(await call(path, init)).toMatchObject({
      status,
      body: { error: { code, message: expect.any(String) } },
    });
  });

  it("says which methods there are", async () => {
    expect((await call("/_sandbox/faults", { method: "PUT" })).headers.allow).toBe("GET, POST, DELETE");
  });

  it("has no vendor's endpoint below it: nothing of it is an event or a request to a vendor", async () => {
    await call("/_sandbox/activities", { method: "POST", body: "event=MOBILE_APP_INSTALL" });
    expect(sandbox.requests()).toEqual([]);
  });
});

describe("pages of other sites", () => {
  const port = () => new URL(sandbox.url).port;
  const writes: readonly [string, Init][] = [
    ["/_sandbox/reset", { method: "POST" }],
    ["/_sandbox/faults", { method: "DELETE" }],
    ["/_sandbox/faults", { method: "POST", body: '{"kind":"cut"}', headers: json }],
  ];
  const reads: readonly [string, Init][] = [["/_sandbox/state", {}]];

  it.each([...writes, ...reads])("may not %s %j", async (path, init) => {
    sandbox.faults.add({ kind: "html" });
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `http://localhost:${Number(port()) + 1}`, host: `localhost:${port()}` },
      { origin: `https://127.0.0.1:${port()}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
      // DNS rebinding: the page is at the stranger's own name, which now points here.
      { host: `evil.example:${port()}`, origin: `http://evil.example:${port()}`, "sec-fetch-site": "same-origin" },
      { host: `evil.example:${port()}` },
      { host: `127.0.0.1.evil.example:${port()}` },
      { host: `evil.example@127.0.0.1:${port()}` },
    ] as Record<string, string>[]) {
      const { status, body } = await call(path, { ...init, headers: { ...init.headers, ...headers } });
      expect([status, body], JSON.stringify(headers)).toEqual([
        403,
        { error: { code: "foreign", message: expect.stringMatching(/^the request is refused/) } },
      ]);
    }
    expect(sandbox.faults.list()).toHaveLength(1);
  });

  it.each([...writes, ...reads])("but the sandbox's own page and programs may %s %j", async (path, init) => {
    for (const headers of [
      {},
      { origin: sandbox.url, "sec-fetch-site": "same-origin" },
      { host: `localhost:${port()}`, origin: `http://localhost:${port()}`, "sec-fetch-site": "same-origin" },
      { host: "LOCALHOST:9999" },
      { "sec-fetch-site": "none" },
    ] as Record<string, string>[]) {
      const { status } = await call(path, { ...init, headers: { ...init.headers, ...headers } });
      expect(status, JSON.stringify(headers)).toBeLessThan(300);
    }
  });

  it("may link to what the sandbox shows, and to nothing that it does", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect((await call("/_sandbox/state", { headers })).status).toBe(200);
    expect((await call("/_sandbox/reset", { headers, method: "POST" })).status).toBe(403);
  });

  it("may not read, frame or sniff", async () => {
    const { headers } = await call("/_sandbox/state");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    // A preflight gets no permission either.
    const preflight = { origin: "https://evil.example", "access-control-request-method": "DELETE" };
    expect((await call("/_sandbox/faults", { method: "OPTIONS", headers: preflight })).status).toBe(403);
  });
});

describe("routes", () => {
  /** A server of these control routes alone. */
  async function serve(...routes: ControlRoute[]) {
    const journal = new Journal({ maxEvents: 1, maxRequests: 1, maxRequestBytes: 1 });
    const faults = new FaultList(0);
    const { server } = createSandboxServer({ routes: [controlRoute(routes)], journal, faults, now: Date.now });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    return {
      url,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      },
    };
  }

  it("get what the path captures, decoded, and the body", async () => {
    await using server = await serve({
      method: "POST",
      path: /^\/things\/([^/]+)$/,
      handle: async ({ captured, json: body }) => ({ status: 200, body: { captured, body } }),
    });
    const init = { method: "POST", body: '{"a":1}', headers: { "content-type": "Application/JSON; charset=utf-8" } };
    expect((await call("/_sandbox/things/a%20b", init, server.url)).body).toEqual({
      captured: ["a b"],
      body: { a: 1 },
    });
  });

  it("may answer with a stream, which ends when the client goes", async () => {
    const streams: Readable[] = [];
    await using server = await serve({
      method: "GET",
      path: /^\/stream$/,
      handle: () => {
        const stream = new Readable({ read: () => {} });
        stream.push("data: first\n\n");
        streams.push(stream);
        return { status: 200, headers: { "content-type": "text/event-stream" }, body: stream };
      },
    });
    const leave = new AbortController();
    const response = await fetch(`${server.url}/_sandbox/stream`, { signal: leave.signal });
    expect([response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
      "text/event-stream",
      "no-store",
    ]);
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe("data: first\n\n");
    leave.abort();
    await expect.poll(() => streams[0]?.destroyed).toBe(true);
    const head = await fetch(`${server.url}/_sandbox/stream`, { method: "HEAD" });
    expect([head.status, await head.text(), streams[1]?.destroyed]).toEqual([200, "", true]);
  });

  it("that break are seen: 500 with what happened", async () => {
    await using server = await serve({
      method: "GET",
      path: /^\/broken$/,
      handle: () => {
        throw new Error("of the sandbox's own");
      },
    });
    const response = await fetch(`${server.url}/_sandbox/broken`);
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("of the sandbox's own")]);
  });
});
