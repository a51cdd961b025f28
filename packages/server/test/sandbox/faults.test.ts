import { request } from "node:http";
import { isBeaconryError } from "@beaconry/core";
import { afterEach, describe, expect, test } from "vitest";
import {
  createSandbox,
  type Fault,
  type Sandbox,
  type SandboxEndpoint,
  type SandboxOptions,
} from "../../src/sandbox/index.js";
import { appForm, metaEvent, type Reply, tikTokBody, tikTokEvent, toApp, toMeta, toTikTok } from "./calls.js";

const open: Sandbox[] = [];
const start = async (options?: SandboxOptions) => {
  const sandbox = await createSandbox(options);
  open.push(sandbox);
  return sandbox;
};
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

type Api = "tiktok.events" | "meta.conversions" | "meta.appEvents";
const apis: readonly Api[] = ["tiktok.events", "meta.conversions", "meta.appEvents"];

const seconds = () => Math.floor(Date.now() / 1000);
const send: Record<Api, (sandbox: Sandbox, id?: string) => Promise<Reply>> = {
  "tiktok.events": (sandbox, id = "e-1") => toTikTok(sandbox, tikTokBody([tikTokEvent({ event_id: id })])),
  "meta.conversions": (sandbox, id = "e-1") => toMeta(sandbox, [metaEvent({ event_id: id, event_time: seconds() })]),
  "meta.appEvents": (sandbox, id = "e-1") =>
    toApp(sandbox, appForm({ custom_events: JSON.stringify([{ _eventName: "Contact", event_id: id }]) })),
};

/** The raw answer, with its headers. */
function post(sandbox: Sandbox, endpoint: Api): Promise<Response> {
  const path = { "tiktok.events": "open_api/v1.3/event/track/", "meta.conversions": "v26.0/1/events" };
  return fetch(`${sandbox.url}/${endpoint === "meta.appEvents" ? "1/activities" : path[endpoint]}`, { method: "POST" });
}

describe("what each kind answers, and that the events are not taken", () => {
  const meta = (code: number, subcode?: number) => ({
    error: expect.objectContaining({ code, ...(subcode !== undefined && { error_subcode: subcode }) }),
  });
  const tikTok = (code: number) => ({ code, message: expect.any(String), request_id: expect.any(String), data: {} });

  test.each<[Api, Fault, number, unknown]>([
    ["tiktok.events", { kind: "rateLimit" }, 200, tikTok(40100)],
    ["tiktok.events", { kind: "rateLimit", code: 40016 }, 200, tikTok(40016)],
    ["tiktok.events", { kind: "rateLimit", code: 40132 }, 200, tikTok(40132)],
    ["tiktok.events", { kind: "rateLimit", code: 40133 }, 200, tikTok(40133)],
    ["tiktok.events", { kind: "rateLimit", code: 429 }, 429, { text: "429 Too Many Requests" }],
    ["tiktok.events", { kind: "expiredToken" }, 200, tikTok(40102)],
    ["meta.conversions", { kind: "rateLimit" }, 400, meta(80004)],
    ["meta.conversions", { kind: "rateLimit", code: 4 }, 400, meta(4)],
    ["meta.conversions", { kind: "rateLimit", code: 17 }, 400, meta(17, 2446079)],
    ["meta.conversions", { kind: "rateLimit", code: 613 }, 400, meta(613, 1487742)],
    ["meta.conversions", { kind: "rateLimit", code: 429 }, 429, { text: "429 Too Many Requests" }],
    ["meta.conversions", { kind: "expiredToken" }, 401, meta(190, 463)],
    ["meta.appEvents", { kind: "rateLimit" }, 400, meta(4)],
    ["meta.appEvents", { kind: "rateLimit", code: 80004 }, 400, meta(80004)],
    ["meta.appEvents", { kind: "expiredToken" }, 401, meta(190, 463)],
    ...apis.flatMap((endpoint): [Api, Fault, number, unknown][] => [
      [endpoint, { kind: "serverError" }, 500, { text: "Server error" }],
      [endpoint, { kind: "serverError", status: 503 }, 503, { text: "Server error" }],
      [endpoint, { kind: "html" }, 200, { text: expect.stringMatching(/^<!doctype html>/) }],
      [endpoint, { kind: "html", status: 502 }, 502, { text: expect.stringMatching(/^<!doctype html>/) }],
      [endpoint, { kind: "answer", body: { code: 1 } }, 200, { code: 1 }],
      [endpoint, { kind: "answer", status: 418, body: "teapot" }, 418, { text: "teapot" }],
    ]),
  ])("%s %j", async (endpoint, fault, status, body) => {
    const sandbox = await start();
    sandbox.faults.add({ ...fault, endpoint, count: 1 });
    expect(await send[endpoint](sandbox)).toEqual({ status, body });
    expect(sandbox.events()).toEqual([]);
    expect(sandbox.requests()).toMatchObject([{ endpoint, status, faults: [fault.kind] }]);
    expect((await send[endpoint](sandbox)).status).toBe(200);
    expect(sandbox.events()).toHaveLength(1);
    expect(sandbox.requests()[1]).not.toHaveProperty("faults");
  });

  test.each<[Fault, string, unknown]>([
    [
      { kind: "rateLimit", code: 80004 },
      "x-business-use-case-usage",
      {
        "1234567890": [
          {
            type: "ads_management",
            call_count: 100,
            total_time: expect.any(Number),
            total_cputime: expect.any(Number),
            estimated_time_to_regain_access: 1,
          },
        ],
      },
    ],
    [
      { kind: "rateLimit", code: 4 },
      "x-app-usage",
      { call_count: 100, total_time: expect.any(Number), total_cputime: expect.any(Number) },
    ],
    [{ kind: "rateLimit", code: 17 }, "x-ad-account-usage", { acc_id_util_pct: 100 }],
  ])("Meta's usage header of %j", async (fault, name, usage) => {
    const sandbox = await start();
    sandbox.faults.add(fault);
    const { headers } = await post(sandbox, "meta.conversions");
    expect(JSON.parse(headers.get(name) ?? "")).toEqual(usage);
    expect(headers.has("retry-after")).toBe(false);
    expect(sandbox.requests()).toMatchObject([{ answerHeaders: { [name]: expect.any(String) } }]);
  });

  test("headers of an answer of your own", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "answer", status: 503, body: "<html>", headers: { "Retry-After": "7" } });
    const { status, headers } = await post(sandbox, "meta.conversions");
    expect([status, headers.get("retry-after"), headers.get("content-type")]).toEqual([503, "7", "text/html"]);
    sandbox.faults.clear();
    sandbox.faults.add({ kind: "answer", body: "{", headers: { "Content-Type": "application/json" } });
    expect((await post(sandbox, "tiktok.events")).headers.get("content-type")).toBe("application/json");
  });
});

describe("what only hinders", () => {
  test("a latency, fixed or drawn: the events are taken, later", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "latency", delay: 50, count: 1 });
    sandbox.faults.add({ kind: "latency", delay: [60, 90], count: 1 });
    await send["meta.conversions"](sandbox);
    await send["meta.conversions"](sandbox);
    const [fixed, drawn] = sandbox.requests();
    expect(fixed?.duration).toBeGreaterThanOrEqual(49);
    expect(drawn?.duration).toBeGreaterThanOrEqual(59);
    expect(sandbox.events()).toHaveLength(2);
  });

  test("a connection cut before the events are taken, and one after", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "cut", count: 1 });
    sandbox.faults.add({ kind: "cut", when: "after", count: 1 });
    await expect(send["meta.conversions"](sandbox)).rejects.toThrow();
    expect(sandbox.events()).toEqual([]);
    await expect(send["meta.conversions"](sandbox)).rejects.toThrow();
    expect(sandbox.events()).toHaveLength(1);
    await send["meta.conversions"](sandbox);
    expect(sandbox.events().map((event) => event.outcome)).toEqual(["counted", "deduplicated"]);
    expect(sandbox.requests().map(({ status, faults }) => [status, faults])).toEqual([
      [undefined, ["cut"]],
      [undefined, ["cut"]],
      [200, undefined],
    ]);
  });

  test.each<[Fault, number]>([
    [{ kind: "serverError", status: 503 }, 503],
    [{ kind: "html" }, 200],
    [{ kind: "answer", status: 500, body: { error: {} } }, 500],
  ])("%j after the events are taken: only the answer is lost", async (fault, status) => {
    const sandbox = await start();
    for (const endpoint of apis) {
      sandbox.reset();
      sandbox.faults.add({ ...fault, when: "after", count: 1 } as Fault);
      expect((await send[endpoint](sandbox)).status).toBe(status);
      expect(sandbox.events().map(({ outcome }) => outcome)).toEqual(["counted"]);
      expect(sandbox.requests()).toMatchObject([{ status, events: 1, faults: [fault.kind] }]);
      await send[endpoint](sandbox);
      expect(sandbox.events()).toHaveLength(2);
    }
  });

  test("a slow body: the headers at once, the body in pieces, whole in the end", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "slowBody", duration: 200 });
    const begin = performance.now();
    const response = await fetch(`${sandbox.url}/tr?id=1&ev=PageView`);
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(195);
    expect(pieces.length).toBeGreaterThan(2);
    expect(Buffer.concat(pieces).toString("latin1", 0, 6)).toBe("GIF89a");
    expect(sandbox.events()).toHaveLength(1);
    expect((await send["tiktok.events"](sandbox)).body).toMatchObject({ code: 0, message: "OK" });
  });

  test("a partial success takes the first half of the events, and one that is alone", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "partialSuccess" });
    const events = ["a", "b", "c"].map((id) => tikTokEvent({ event_id: id }));
    const { status, body } = await toTikTok(sandbox, tikTokBody(events));
    expect([status, body]).toEqual([200, expect.objectContaining({ code: 20001, data: {} })]);
    expect(sandbox.events().map(({ id }) => id)).toEqual(["a", "b"]);
    await send["tiktok.events"](sandbox, "alone");
    expect(sandbox.events().map(({ id }) => id)).toEqual(["a", "b", "alone"]);
    // What TikTok refuses as a whole is no partial success.
    expect((await toTikTok(sandbox, tikTokBody([tikTokEvent({ event: 1 })]))).body.code).toBe(40002);
    // Meta has no such answer.
    expect((await send["meta.conversions"](sandbox)).body.events_received).toBe(1);
  });
});

describe("which requests are struck", () => {
  const statuses = async (sandbox: Sandbox, endpoint: Api, count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index++) seen.push((await send[endpoint](sandbox, `e-${index}`)).status);
    return seen;
  };

  test("all of every endpoint, until it is removed", async () => {
    const sandbox = await start();
    const id = sandbox.faults.add({ kind: "serverError" });
    for (const endpoint of apis) expect(await statuses(sandbox, endpoint, 2)).toEqual([500, 500]);
    expect((await fetch(`${sandbox.url}/tr?id=1&ev=PageView`)).status).toBe(500);
    const report = await fetch(`${sandbox.url}/api/v2/pixel`, { method: "POST", headers: { origin: "http://a.test" } });
    // The page must be able to read of its failure.
    expect([report.status, report.headers.get("access-control-allow-origin")]).toEqual([500, "http://a.test"]);
    expect(sandbox.faults.remove(id)).toBe(true);
    expect(sandbox.faults.remove(id)).toBe(false);
    expect(await statuses(sandbox, "meta.conversions", 1)).toEqual([200]);
  });

  test("scripts of the tags and addresses that do not exist are not", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "serverError", count: 1 });
    expect((await fetch(`${sandbox.url}/en_US/fbevents.js`)).status).toBe(200);
    expect((await fetch(`${sandbox.url}/nothing`)).status).toBe(404);
    expect(sandbox.faults.list()).toMatchObject([{ struck: 0, left: 1 }]);
  });

  test.each(apis)("those of %s only", async (endpoint) => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "serverError", endpoint });
    for (const other of apis) expect(await statuses(sandbox, other, 1)).toEqual([other === endpoint ? 500 : 200]);
  });

  test("by the vendor whose code it is", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "rateLimit", code: 17 });
    sandbox.faults.add({ kind: "rateLimit", code: 40100 });
    const codes = [];
    for (const endpoint of apis) {
      const { body } = await send[endpoint](sandbox);
      codes.push(body.code ?? (body.error as { code: number }).code);
    }
    expect(codes).toEqual([40100, 17, 17]);
  });

  test("as many as it counts; what is used up is gone", async () => {
    const sandbox = await start();
    const id = sandbox.faults.add({ kind: "serverError", count: 2 });
    expect(sandbox.faults.list()).toEqual([{ id, fault: { kind: "serverError", count: 2 }, struck: 0, left: 2 }]);
    await send["tiktok.events"](sandbox);
    expect(sandbox.faults.list()).toMatchObject([{ id, struck: 1, left: 1 }]);
    expect(await statuses(sandbox, "meta.conversions", 2)).toEqual([500, 200]);
    expect(sandbox.faults.list()).toEqual([]);
    expect(sandbox.faults.remove(id)).toBe(false);
  });

  test("one after the other, in the order added", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "serverError", status: 501, count: 1 });
    sandbox.faults.add({ kind: "serverError", status: 502, count: 2 });
    sandbox.faults.add({ kind: "serverError", status: 503 });
    sandbox.faults.add({ kind: "serverError", status: 504 });
    expect(await statuses(sandbox, "meta.conversions", 5)).toEqual([501, 502, 502, 503, 503]);
  });

  test("a latency, an answer and a slow body together; a cut connection leaves the slow body to the next", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "slowBody", duration: 20, count: 1 });
    sandbox.faults.add({ kind: "cut", count: 1 });
    sandbox.faults.add({ kind: "serverError", count: 1 });
    sandbox.faults.add({ kind: "latency", delay: 5 });
    await expect(send["meta.conversions"](sandbox)).rejects.toThrow();
    expect(await statuses(sandbox, "meta.conversions", 2)).toEqual([500, 200]);
    expect(sandbox.requests().map(({ faults }) => faults)).toEqual([
      ["latency", "cut"],
      ["latency", "serverError", "slowBody"],
      ["latency"],
    ]);
  });

  test("clear takes all away, reset too", async () => {
    const sandbox = await start();
    for (const end of [() => sandbox.faults.clear(), () => sandbox.reset()]) {
      sandbox.faults.add({ kind: "cut" });
      sandbox.faults.add({ kind: "latency", delay: 600_000 });
      end();
      expect(sandbox.faults.list()).toEqual([]);
      expect(await statuses(sandbox, "meta.conversions", 1)).toEqual([200]);
    }
  });
});

describe("chance", () => {
  const half: Fault = { kind: "serverError", probability: 0.5 };
  const pattern = async (sandbox: Sandbox, endpoint: Api = "meta.conversions") => {
    let seen = "";
    for (let index = 0; index < 40; index++) {
      seen += (await send[endpoint](sandbox, `e-${index}`)).status === 500 ? "x" : ".";
    }
    return seen;
  };

  test("0 is never, 1 is always", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "serverError", probability: 0 });
    expect(await pattern(sandbox)).toBe(".".repeat(40));
    sandbox.faults.add({ kind: "serverError", probability: 1 });
    expect(await pattern(sandbox)).toBe("x".repeat(40));
  });

  test("the same seed strikes the same requests, after a reset too; another strikes others", async () => {
    const first = await start({ seed: 7 });
    first.faults.add(half);
    const seen = await pattern(first);
    expect(seen).toMatch(/x.*\..*x|\..*x.*\./);
    first.reset();
    first.faults.add(half);
    expect(await pattern(first)).toBe(seen);
    const again = await start({ seed: first.seed });
    again.faults.add(half);
    expect(await pattern(again)).toBe(seen);
    const other = await start({ seed: 8 });
    other.faults.add(half);
    expect(await pattern(other)).not.toBe(seen);
  });

  test("about as many as the probability says, the same ones of many at once", async () => {
    const sandbox = await start({ seed: 1 });
    const strike = async () => {
      sandbox.faults.add({ kind: "serverError", probability: 0.1 });
      await Promise.all(Array.from({ length: 300 }, () => fetch(`${sandbox.url}/tr?id=1&ev=PageView`)));
      return sandbox.requests().map(({ status }) => status);
    };
    const seen = await strike();
    // Four standard deviations.
    expect(Math.abs(seen.filter((status) => status === 500).length - 30)).toBeLessThan(21);
    sandbox.reset();
    expect(await strike()).toEqual(seen);
  });

  test("requests to another endpoint, and other faults, do not change what is drawn", async () => {
    const alone = await start({ seed: 7 });
    alone.faults.add(half);
    const seen = await pattern(alone);
    const busy = await start({ seed: 7 });
    busy.faults.add(half);
    busy.faults.add({ kind: "latency", delay: [0, 1], probability: 0.5 });
    let among = "";
    for (let index = 0; index < 40; index++) {
      await send["tiktok.events"](busy, `t-${index}`);
      among += (await send["meta.conversions"](busy, `e-${index}`)).status === 500 ? "x" : ".";
    }
    expect(among).toBe(seen);
  });

  test("with a count: so many of those that chance picks", async () => {
    const sandbox = await start({ seed: 7 });
    sandbox.faults.add({ ...half, count: 3 });
    const seen = await pattern(sandbox);
    expect(seen.replaceAll(".", "")).toBe("xxx");
    sandbox.reset();
    sandbox.faults.add(half);
    expect(await pattern(sandbox)).toMatch(new RegExp(`^${seen.slice(0, seen.lastIndexOf("x") + 1)}`));
  });

  test("without a seed, each sandbox has its own", async () => {
    const seeds = await Promise.all(Array.from({ length: 3 }, async () => (await start()).seed));
    expect(new Set(seeds).size).toBe(3);
  });
});

describe("held requests", () => {
  const held = async (sandbox: Sandbox, fault: Fault, endpoint: SandboxEndpoint) => {
    sandbox.faults.add({ ...fault, endpoint });
    const call = request(`${sandbox.url}/tr?id=1&ev=PageView`, { agent: false });
    const gone = new Promise<void>((resolve) => call.on("close", resolve));
    call.on("error", () => {});
    call.on("response", (response) => response.resume().on("error", () => {}));
    call.end();
    await expect.poll(() => sandbox.faults.list()).toMatchObject([{ struck: 1 }]);
    return { gone };
  };

  test.each<[string, Fault, number]>([
    ["a latency", { kind: "latency", delay: 600_000 }, 0],
    ["a slow body", { kind: "slowBody", duration: 600_000 }, 1],
  ])("a reset and a close cut what %s holds, and nothing of it comes after", async (_, fault, taken) => {
    const sandbox = await start();
    const first = await held(sandbox, fault, "meta.pixel");
    await sandbox.waitFor((events) => events.length === taken);
    sandbox.reset();
    await first.gone;
    expect([sandbox.events(), sandbox.requests()]).toEqual([[], []]);
    const second = await held(sandbox, fault, "meta.pixel");
    await sandbox.close();
    await second.gone;
  });

  test("a client that does not wait does not keep its events from being taken", async () => {
    const sandbox = await start();
    sandbox.faults.add({ kind: "latency", delay: 100 });
    const impatient = fetch(`${sandbox.url}/tr?id=1&ev=PageView`, { signal: AbortSignal.timeout(30) });
    await expect(impatient).rejects.toThrow();
    await sandbox.waitFor((events) => events.length === 1);
  });
});

describe("wrong faults are named", () => {
  test.each<[string, unknown]>([
    ["options is missing", undefined],
    ["options is null", null],
    ["options is a list", []],
    ["kind is missing", {}],
    ["kind is a text that does not fit, accepted is latency or rateLimit or", { kind: "slow" }],
    ["kind is a text", { kind: "constructor" }],
    ["endpoint is a text", { kind: "cut", endpoint: "tiktok" }],
    ["accepted is tiktok.events$", { kind: "partialSuccess", endpoint: "meta.conversions" }],
    ["accepted is meta.conversions or meta.appEvents$", { kind: "rateLimit", code: 17, endpoint: "tiktok.events" }],
    ["accepted is tiktok.events or tiktok.business$", { kind: "rateLimit", code: 40100, endpoint: "meta.appEvents" }],
    ["accepted is tiktok.events$", { kind: "rateLimit", code: 40132, endpoint: "tiktok.business" }],
    ["accepted is tiktok.events$", { kind: "partialSuccess", endpoint: "tiktok.business" }],
    ["accepted is tiktok.business$", { kind: "cut", endpoint: "tiktok.events", path: "/advertiser/info/" }],
    [
      "path is a text that does not fit, accepted is /oauth2/access_token/ or",
      { kind: "cut", path: "/advertiser/info" },
    ],
    ["path is a text that does not fit, accepted is none", { kind: "partialSuccess", path: "/advertiser/info/" }],
    ["path is a text that does not fit, accepted is none", { kind: "rateLimit", code: 17, path: "/advertiser/info/" }],
    ["when is a text", { kind: "serverError", when: "during" }],
    ["when is unknown", { kind: "rateLimit", when: "after" }],
    ["endpoint is a text", { kind: "expiredToken", endpoint: "meta.pixel" }],
    ["code is a number that does not fit", { kind: "rateLimit", code: 18 }],
    ["code is a text", { kind: "rateLimit", code: "17" }],
    ["code is unknown", { kind: "cut", code: 17 }],
    ["count is a number", { kind: "cut", count: 0 }],
    ["count is a number", { kind: "cut", count: 1.5 }],
    ["probability is a number", { kind: "cut", probability: 1.1 }],
    ["probability is a number", { kind: "cut", probability: Number.NaN }],
    ["delay is missing", { kind: "latency" }],
    ["delay is a number", { kind: "latency", delay: -1 }],
    ["delay is a list", { kind: "latency", delay: [2, 1] }],
    ["delay is a list", { kind: "latency", delay: [1] }],
    ["delay is a list", { kind: "latency", delay: [1, "2"] }],
    ["status is a number", { kind: "serverError", status: 404 }],
    ["status is a number", { kind: "html", status: 199 }],
    ["status is a number", { kind: "answer", status: 200.5 }],
    ["when is a text", { kind: "cut", when: "later" }],
    ["duration is a number", { kind: "slowBody", duration: 600_001 }],
    ["headers is a list", { kind: "answer", headers: ["x: y"] }],
    ["headers is an object", { kind: "answer", headers: { "a b": "c" } }],
    ["headers is an object", { kind: "answer", headers: { a: "b\r\nc: d" } }],
    ["headers is an object", { kind: "answer", headers: { a: 1 } }],
    ["body is a function", { kind: "answer", body: () => "text" }],
    ["body is an object", { kind: "answer", body: { toJSON: () => undefined } }],
    ["body is a list", { kind: "answer", body: JSON.parse("[".repeat(30_000) + "]".repeat(30_000)) }],
    ["delay is unknown", { kind: "cut", delay: 5 }],
  ])("%s", async (message, fault) => {
    const sandbox = await start();
    const add = () => sandbox.faults.add(fault as Fault);
    expect(add).toThrow(new RegExp(`^faults\\.add: .*${message}`));
    try {
      add();
    } catch (error) {
      expect(isBeaconryError(error) && error.code).toBe("invalid_option");
    }
    expect(sandbox.faults.list()).toEqual([]);
  });

  test("a thousand may be set, and no more", async () => {
    const sandbox = await start();
    for (let index = 0; index < 1_000; index++) sandbox.faults.add({ kind: "cut" });
    expect(() => sandbox.faults.add({ kind: "cut" })).toThrow(/1000 faults/);
    sandbox.faults.remove("fault-500");
    expect(sandbox.faults.add({ kind: "cut" })).toBe("fault-1001");
  });
});
