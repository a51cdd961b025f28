import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { networkInterfaces } from "node:os";
import { isBeaconryError } from "@beaconry/core";
import { afterEach, describe, expect, test } from "vitest";
import { createSandbox, type ReceivedEvent, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";
import { metaEvent, tikTokBody, tikTokEvent, toMeta, toTikTok } from "./calls.js";

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
    ["appSecret", { appSecret: "" }],
    ["mmpApps", { mmpApps: ["my-app"] }],
    ["maxEvents", { maxEvents: 0 }],
    ["maxRequests", { maxRequests: 1.5 }],
    ["seed", { seed: -1 }],
    ["seed", { seed: 0.5 }],
    ["now", { now: 5 }],
  ])("a wrong %s is named", async (name, options) => {
    const error: unknown = await createSandbox(options as SandboxOptions).catch((reason: unknown) => reason);
    expect(isBeaconryError(error) && error.code).toBe("invalid_option");
    expect(String(error)).toContain(`createSandbox: ${name} is `);
  });

  test("a port in use is named", async () => {
    const { port } = new URL((await start()).url);
    await expect(createSandbox({ port: Number(port) })).rejects.toMatchObject({
      name: "BeaconryError",
      code: "port_unavailable",
      message: `createSandbox: port ${port} of 127.0.0.1 is in use: give another one, or 0 for any that is free`,
      cause: { code: "EADDRINUSE" },
    });
  });

  test("listens on 127.0.0.1 and no other address of the machine", async () => {
    const { port } = new URL((await start()).url);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, family }) => family === "IPv4" && address !== "127.0.0.1");
    // Any address of 127.0.0.0/8 reaches this machine, where every interface is listened on.
    for (const { address } of [...others, { address: "127.0.0.2" }]) {
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
    }
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
      /20 ms.*1 event:\n {2}meta\.conversions 1234567890 AddToCart \(e-1\) counted/s,
    );
    // As `flush` and `toHaveReceived` take it: it would be a wait of one millisecond.
    await expect(sandbox.waitFor(() => false, { timeout: 50 } as never)).rejects.toThrow(
      "waitFor: timeout is an object, accepted is milliseconds as a number",
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
    const body = tikTokBody([tikTokEvent()], { event_source: "shop" });
    await toTikTok(sandbox, body);
    expect(sandbox.requests()).toEqual([
      {
        sequence: 0,
        endpoint: "tiktok.events",
        method: "POST",
        path: "/open_api/v1.3/event/track/",
        headers: expect.objectContaining({ "content-type": "application/json" }),
        body,
        bytes: JSON.stringify(body).length,
        events: 0,
        status: 200,
        answer: expect.objectContaining({ code: 40002 }),
        receivedAt: expect.any(Number),
        duration: expect.any(Number),
      },
    ]);
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
    ["/%E0%A4%A/activities", 400],
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
