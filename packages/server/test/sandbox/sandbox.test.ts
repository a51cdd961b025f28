import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { isBeaconryError } from "@beaconry/core";
import { afterEach, describe, expect, test } from "vitest";
import { createSandbox, type ReceivedEvent, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";
import { appForm, metaEvent, tikTokBody, tikTokEvent, toApp, toMeta, toTikTok } from "./calls.js";

const open: Sandbox[] = [];
const start = async (options?: SandboxOptions) => {
  const sandbox = await createSandbox(options);
  open.push(sandbox);
  return sandbox;
};
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

const seconds = () => Math.floor(Date.now() / 1000);
const send = (sandbox: Sandbox, id: string) => toMeta(sandbox, [metaEvent({ event_id: id, event_time: seconds() })]);

describe("options", () => {
  test.each<[string, object]>([
    ["porta", { porta: 1 }],
    ["port", { port: -1 }],
    ["port", { port: "80" }],
    ["badTokens", { badTokens: "x" }],
    ["expiredTokens", { expiredTokens: [1] }],
    ["maxEvents", { maxEvents: 0 }],
    ["maxRequests", { maxRequests: 1.5 }],
    ["now", { now: 5 }],
  ])("a wrong %s is named", async (name, options) => {
    const error: unknown = await createSandbox(options as SandboxOptions).catch((reason: unknown) => reason);
    expect(isBeaconryError(error) && error.code).toBe("invalid_option");
    expect(String(error)).toContain(`createSandbox: ${name} is `);
  });

  test("a port in use rejects", async () => {
    const first = await start();
    await expect(createSandbox({ port: Number(new URL(first.url).port) })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe("journal", () => {
  test("keeps the newest events and requests", async () => {
    const sandbox = await start({ maxEvents: 10, maxRequests: 3 });
    for (let index = 0; index < 15; index++) await send(sandbox, `e-${index}`);
    const ids = sandbox.events().map((event) => event.id);
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `e-${index + 5}`));
    expect(sandbox.requests()).toHaveLength(3);
    // A copy whose first has been let go is still known as one, and the marks of the others stay right.
    await fetch(`${sandbox.url}/tr?id=1234567890&ev=AddToCart&eid=e-9`);
    const nine = sandbox.events().filter((event) => event.id === "e-9");
    expect(nine.map((event) => event.outcome)).toEqual(["deduplicated", "counted"]);
  });

  test("waitFor resolves at the event, at once when it has come, and rejects with a list", async () => {
    const sandbox = await start();
    const waiting = sandbox.waitFor((events) => events.length === 1);
    await send(sandbox, "e-1");
    await waiting;
    await sandbox.waitFor((events) => events.length === 1, 1);
    await expect(sandbox.waitFor((events) => events.length === 2, 20)).rejects.toThrow(
      /20 ms.*1 events:\n {2}meta\.conversions 1234567890 AddToCart \(e-1\) counted/s,
    );
    await expect(
      sandbox.waitFor(() => {
        throw new Error("mine");
      }),
    ).rejects.toThrow("mine");
  });

  test("on and its undoing", async () => {
    const sandbox = await start();
    const heard: ReceivedEvent[] = [];
    const stop = sandbox.on((event) => heard.push(event));
    await send(sandbox, "e-1");
    stop();
    await send(sandbox, "e-2");
    expect(heard.map((event) => event.id)).toEqual(["e-1"]);
  });

  test("reset forgets, also what deduplication knew", async () => {
    const sandbox = await start();
    await send(sandbox, "e-1");
    sandbox.reset();
    expect([sandbox.events(), sandbox.requests()]).toEqual([[], []]);
    await send(sandbox, "e-1");
    expect(sandbox.events().map((event) => event.outcome)).toEqual(["counted"]);
  });

  test("requests show method, path, headers, body, status and answer", async () => {
    const sandbox = await start();
    await toTikTok(sandbox, tikTokBody([tikTokEvent()], { event_source: "shop" }));
    expect(sandbox.requests()).toEqual([
      {
        endpoint: "tiktok.events",
        method: "POST",
        path: "/open_api/v1.3/event/track/",
        headers: expect.objectContaining({ "content-type": "application/json" }),
        body: tikTokBody([tikTokEvent()], { event_source: "shop" }),
        status: 200,
        answer: expect.objectContaining({ code: 40002 }),
        receivedAt: expect.any(Number),
      },
    ]);
  });
});

describe("faults", () => {
  test("an answer in place of the vendor's, once, without taking the event", async () => {
    const sandbox = await start();
    sandbox.failNext("tiktok.events", 1, { body: { code: 40100, message: "limit" } });
    const first = await toTikTok(sandbox, tikTokBody([tikTokEvent()]));
    expect(first).toEqual({ status: 200, body: { code: 40100, message: "limit" } });
    expect(sandbox.events()).toEqual([]);
    expect(sandbox.requests()).toMatchObject([{ fault: true, status: 200 }]);
    expect((await toTikTok(sandbox, tikTokBody([tikTokEvent()]))).body.code).toBe(0);
  });

  test("status, headers and an HTML body, for one endpoint only", async () => {
    const sandbox = await start();
    sandbox.failNext("meta.conversions", 2, { status: 503, body: "<html>", headers: { "Retry-After": "7" } });
    expect((await toApp(sandbox, appForm())).status).toBe(200);
    const response = await fetch(`${sandbox.url}/v26.0/1/events`, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("retry-after"), response.headers.get("content-type")]).toEqual([
      ...[503, "7", "text/html"],
    ]);
    expect((await send(sandbox, "e-1")).status).toBe(503);
    expect((await send(sandbox, "e-1")).status).toBe(200);
  });

  test("a delay", async () => {
    const sandbox = await start();
    sandbox.failNext("meta.conversions", 1, { delay: 50 });
    const before = performance.now();
    expect((await send(sandbox, "e-1")).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(45);
    expect(sandbox.events()).toHaveLength(1);
  });

  test("a cut before the events are taken, and one after", async () => {
    const sandbox = await start();
    sandbox.failNext("meta.conversions", 1, { cut: true });
    sandbox.failNext("meta.conversions", 1, { cut: "after" });
    await expect(send(sandbox, "e-1")).rejects.toThrow();
    expect(sandbox.events()).toEqual([]);
    await expect(send(sandbox, "e-1")).rejects.toThrow();
    expect(sandbox.events()).toHaveLength(1);
    await send(sandbox, "e-1");
    expect(sandbox.events().map((event) => event.outcome)).toEqual(["counted", "deduplicated"]);
    expect(sandbox.requests().map((request) => request.status)).toEqual([undefined, undefined, 200]);
  });

  test.each([
    ["endpoint", ["tiktok.pixel", 1, {}]],
    ["count", ["tiktok.events", 0, {}]],
    ["latency", ["tiktok.events", 1, { latency: 5 }]],
  ])("a wrong %s is named", async (name, args) => {
    const sandbox = await start();
    expect(() => Reflect.apply(sandbox.failNext, sandbox, args)).toThrow(name);
  });
});

describe("server", () => {
  const tooMuch = "x".repeat(16 * 1024 * 1024 + 1);

  test.each([
    ["announced", {}],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("a body above 16 MiB, %s, is 413", async (_, headers) => {
    const sandbox = await start();
    const call = request(`${sandbox.url}/v26.0/1/events`, { method: "POST", headers });
    call.on("error", () => {});
    if ("transfer-encoding" in headers) call.write(tooMuch);
    else call.setHeader("content-length", tooMuch.length).write(tooMuch);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(sandbox.events()).toEqual([]);
    call.destroy();
  });

  test("pages of other origins may call the tags' endpoints and no other", async () => {
    const sandbox = await start();
    const headers = { origin: "http://127.0.0.1:1", "access-control-request-headers": "content-type" };
    const allowed = async (path: string) => {
      const response = await fetch(`${sandbox.url}${path}`, { method: "OPTIONS", headers });
      return [response.status, response.headers.get("access-control-allow-origin")];
    };
    expect(await allowed("/api/v2/pixel")).toEqual([204, "http://127.0.0.1:1"]);
    expect(await allowed("/tr?id=1&ev=PageView")).toEqual([204, "http://127.0.0.1:1"]);
    expect((await allowed("/v26.0/1/events"))[1]).toBeNull();
    expect(sandbox.events()).toEqual([]);
  });

  test.each([
    ["/favicon.ico", 204],
    ["/api/v2/pixel", 405],
    ["/tr", 200],
    ["/%E0%A4%A/activities", 404],
  ])("GET %s is %i", async (path, status) => {
    const sandbox = await start();
    expect((await fetch(sandbox.url + path)).status).toBe(status);
    expect(sandbox.events()).toEqual([]);
  });

  test("close ends idle connections, waits and can be repeated", async () => {
    const sandbox = await createSandbox();
    await send(sandbox, "e-1");
    const waiting = expect(sandbox.waitFor(() => false)).rejects.toThrow(/closed/);
    await sandbox.close();
    await sandbox.close();
    await waiting;
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });
});
