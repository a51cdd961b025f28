import { describe, expect, it } from "vitest";
import { createTracker, isBeaconryError, metaConversions } from "../../src/index.js";
import { envelope, pixelEvent } from "./batch.js";
import { type CollectInit, collectOne } from "./collected.js";

const batch = envelope(pixelEvent("1"));

/** A body that comes in chunks, with no length said, and how many of them were asked for. */
function inChunks(chunk: Uint8Array, count: number) {
  const asked = { chunks: 0, isCancelled: false };
  const body = new ReadableStream({
    pull(controller) {
      asked.chunks++;
      if (asked.chunks > count) controller.close();
      else controller.enqueue(chunk);
    },
    cancel() {
      asked.isCancelled = true;
    },
  });
  return { body, asked };
}

describe("collect by method, type and encoding", () => {
  it.each<[number, string, CollectInit]>([
    [202, "text, as a pixel sends it", { body: batch }],
    [202, "JSON", { body: batch, headers: { "Content-Type": "application/json" } }],
    [
      202,
      "a type in capitals, with a quoted charset",
      { body: batch, headers: { "Content-Type": 'Application/JSON; charset="utf-8"' } },
    ],
    [415, "no type", { body: new TextEncoder().encode("{}"), headers: { "Content-Type": "" } }],
    [415, "a form", { body: batch, headers: { "Content-Type": "application/x-www-form-urlencoded" } }],
    [415, "several parts", { body: batch, headers: { "Content-Type": "multipart/form-data; boundary=x" } }],
    [415, "a type that begins alike", { body: batch, headers: { "Content-Type": "text/plainer" } }],
    [415, "another charset", { body: batch, headers: { "Content-Type": "text/plain; charset=iso-8859-1" } }],
    [415, "gzip", { body: batch, headers: { "Content-Encoding": "gzip" } }],
    [415, "brotli", { body: batch, headers: { "Content-Encoding": "br" } }],
    [202, "no encoding at all, by name", { body: batch, headers: { "Content-Encoding": "identity" } }],
    [405, "GET", { method: "GET" }],
    [405, "HEAD", { method: "HEAD" }],
    [405, "PUT", { method: "PUT", body: batch }],
    [405, "DELETE", { method: "DELETE" }],
    [204, "OPTIONS", { method: "OPTIONS" }],
    [403, "another origin", { body: batch, headers: { Origin: "https://evil.example" } }],
    [403, "another origin's preflight", { method: "OPTIONS", headers: { Origin: "https://evil.example" } }],
    [403, "a page without an origin of its own", { body: batch, headers: { Origin: "null" } }],
    [403, "a frame without one", { body: batch, headers: { Origin: "null", "Sec-Fetch-Site": "cross-site" } }],
    [
      202,
      "a page of the own host that hides its origin (no-referrer)",
      { body: batch, headers: { Origin: "null", "Sec-Fetch-Site": "same-origin" } },
    ],
    [
      403,
      "another origin, whatever else it says",
      { body: batch, headers: { Origin: "https://evil.example", "Sec-Fetch-Site": "same-origin" } },
    ],
    [403, "an origin that begins alike", { body: batch, headers: { Origin: "https://shop.example.evil.example" } }],
    [403, "the origin by http", { body: batch, headers: { Origin: "http://shop.example" } }],
    [
      202,
      "the own host, with its port",
      { body: batch, headers: { Origin: "https://collect.example", Host: "collect.example:443" } },
    ],
    [403, "the own host, on another port", { body: batch, headers: { Origin: "https://collect.example:8443" } }],
  ])("%i: %s", async (status, _, init) => {
    const { response, events } = await collectOne(init);
    expect(response.status).toBe(status);
    expect(events).toHaveLength(status === 202 ? 1 : 0);
    // RFC 9110, section 15.5.6.
    if (status === 405) expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    // RFC 9110, section 15.5.16.
    expect(response.headers.get("accept-encoding")).toBe(
      init.headers?.["Content-Encoding"] && status === 415 ? "identity" : null,
    );
  });

  it("tells a page of an allowed origin the reason, and a cache that it hangs on the origin", async () => {
    const wrong: Record<string, string>[] = [{ "Content-Type": "text/html" }, { "Content-Encoding": "gzip" }, {}];
    for (const headers of wrong) {
      const { response } = await collectOne({ body: "{", headers: { Origin: "https://shop.example", ...headers } });
      expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
      expect(response.headers.get("vary")).toBe("Origin");
    }
    const refused = await collectOne({ body: batch, headers: { Origin: "https://evil.example" } });
    expect(refused.response.headers.get("access-control-allow-origin")).toBeNull();
    expect(refused.response.headers.get("vary")).toBe("Origin");
  });
});

describe("collect by size and time", () => {
  it("takes a body of just the limit and not one byte more, by what came", async () => {
    const body = new TextEncoder().encode(JSON.stringify(batch));
    expect((await collectOne({ body }, { maxBytes: body.length })).response.status).toBe(202);
    expect((await collectOne({ body }, { maxBytes: body.length - 1 })).response.status).toBe(413);
    // Bytes, not characters.
    const wide = JSON.stringify(envelope(pixelEvent("1", { context: { source: "web", locale: "ü" } })));
    expect((await collectOne({ body: wide }, { maxBytes: wide.length })).response.status).toBe(413);
  });

  it("believes a length that is too large at once", async () => {
    const { body, asked } = inChunks(new Uint8Array(10), 10);
    const { response } = await collectOne({ body, headers: { "Content-Length": "999999" } });
    expect(response.status).toBe(413);
    expect(asked.chunks).toBeLessThanOrEqual(1);
  });

  it.each(["0", "-1", "x", "1e3", ""])("believes no length that is too small: %j", async (length) => {
    const { body, asked } = inChunks(new Uint8Array(1_000), 1_000_000);
    const { response } = await collectOne({ body, headers: { "Content-Length": length } }, { maxBytes: 10_000 });
    expect(response.status).toBe(413);
    expect(asked.chunks).toBeLessThan(20);
    expect(asked.isCancelled).toBe(true);
  });

  it("takes a time that is longer than timers are", async () => {
    const body = new ReadableStream({
      async start(controller) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.enqueue(new TextEncoder().encode(JSON.stringify(envelope(pixelEvent("1")))));
        controller.close();
      },
    });
    expect((await collectOne({ body }, { bodyTimeout: 2 ** 31 })).response.status).toBe(202);
  });

  it("waits no longer for a body than it says", async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    const started = performance.now();
    const { response } = await collectOne({ body }, { bodyTimeout: 50 });
    expect(response.status).toBe(408);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(isCancelled).toBe(true);
  });

  it("waits for a slow body that is in time", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(batch));
    let at = 0;
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, at + 50));
        at += 50;
      },
    });
    expect((await collectOne({ body })).response.status).toBe(202);
  });

  it("takes nothing of a body that breaks off", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    const { response, events } = await collectOne({ body });
    expect(response.status).toBe(400);
    expect(events).toEqual([]);
  });

  it("takes no bytes that are no UTF-8, and a mark at the beginning (RFC 8259, section 8.1)", async () => {
    const text = JSON.stringify(batch);
    const bytes = new TextEncoder().encode(text.replace("Thanks", "Th?nks"));
    bytes[bytes.indexOf(0x3f)] = 0xff;
    expect((await collectOne({ body: bytes })).response.status).toBe(400);
    expect((await collectOne({ body: bytes.subarray(0, -3) })).response.status).toBe(400);
    expect((await collectOne({ body: new TextEncoder().encode(`\ufeff${text}`) })).response.status).toBe(202);
  });

  it("puts a character together that two chunks share", async () => {
    const bytes = new TextEncoder().encode(
      JSON.stringify(envelope(pixelEvent("1", { properties: { query: "grüße 🎁" } }))),
    );
    let at = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, ++at));
      },
    });
    const { events } = await collectOne({ body });
    expect(events[0]?.properties).toEqual({ query: "grüße 🎁" });
  });

  it("says so when somebody has read the body before: that is no fault of the client's", async () => {
    const request = new Request("https://collect.example/", {
      method: "POST",
      body: "{}",
      headers: { "Content-Type": "text/plain" },
    });
    await request.text();
    await using tracker = createTracker({ destinations: [metaConversions({ datasetId: "1", accessToken: "t" })] });
    await expect(tracker.collect(request)).rejects.toThrow(/body has been read before/);
  });
});

describe("collect by events, depth and names", () => {
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`);

  it("rejects the events beyond its limit, and takes the others", async () => {
    const { reply } = await collectOne(
      { body: envelope(pixelEvent("1"), pixelEvent("2"), pixelEvent("3")) },
      { maxEvents: 2 },
    );
    expect(reply.accepted).toEqual(["1", "2"]);
    expect(reply.rejected).toMatchObject([{ id: "3", issues: [{ code: "too_many" }] }]);
  });

  it("lists no more than as many again, and says how many there were", async () => {
    const events = Array.from({ length: 10 }, (_, index) => pixelEvent(`${index}`));
    const { reply } = await collectOne({ body: envelope(...events) }, { maxEvents: 2 });
    expect(reply.accepted).toEqual(["0", "1"]);
    expect(reply.rejected.map(({ id }) => id)).toEqual(["2", "3", undefined]);
    expect(reply.rejected.at(-1)?.issues[0]?.message).toContain("6 others");
  });

  it("takes 20,000 values in a batch, and rejects only the events that are too much", async () => {
    const list = (length: number) => ({ properties: { sizes: Array.from({ length }, () => 1) } });
    // The list is a value too.
    const { reply } = await collectOne({
      body: envelope(
        pixelEvent("1", list(9_999)),
        pixelEvent("2", list(20_000)),
        pixelEvent("3", list(9_999)),
        pixelEvent("4", list(0)),
      ),
    });
    expect([reply.accepted, reply.rejected.map(({ id }) => id)]).toEqual([
      ["1", "3"],
      ["2", "4"],
    ]);
  });

  // Meta rejects a web event without a user agent.
  it.each([false, true])("answers at no more length than it was asked (rejected: %s)", async (isRejected) => {
    const tracker = createTracker({
      destinations: [metaConversions({ datasetId: "1", accessToken: "t" })],
      transport: async () => {
        throw new Error("no vendor");
      },
    });
    const event = (properties: string) =>
      JSON.stringify(envelope(pixelEvent("1", { properties: {} }))).replace(
        '"properties":{}',
        `"properties":${properties}`,
      );
    for (const body of [
      `{"events":[${"1,".repeat(120_000)}1]}`,
      event(`{"currency":"EUR","value":1,"contents":[${"1,".repeat(120_000)}1]}`),
      event(`{"currency":"EUR","value":1,"contents":[${"{},".repeat(19_000)}1]}`),
      event(
        `{"currency":"EUR","value":1,${Array.from({ length: 90 }, (_, index) => `"${"n".repeat(90)}${index}":1`)}}`,
      ),
    ]) {
      const request = new Request("https://shop.example/", {
        method: "POST",
        body,
        headers: { "Content-Type": "text/plain", ...(isRejected ? {} : { "User-Agent": "test" }) },
      });
      const response = await tracker.collect(request);
      expect(response.status).toBe(202);
      expect((await response.text()).length).toBeLessThan(Math.max(body.length, 30_000));
    }
    await tracker.close({ timeout: 0 });
  });

  it("counts levels", async () => {
    const send = async (levels: number, maxDepth?: number) =>
      (await collectOne({ body: envelope(pixelEvent("1", { properties: deep(levels) })) }, { maxDepth })).reply
        .accepted;
    expect([await send(6), await send(7), await send(2, 2), await send(3, 2)]).toEqual([["1"], [], ["1"], []]);
  });

  it("takes a body that nests as deep as it is long", async () => {
    for (const body of [
      "[".repeat(200_000),
      `{"events":[${"[".repeat(60_000)}${"]".repeat(60_000)}]}`,
      `{"events":${'{"a":'.repeat(40_000)}`,
    ]) {
      expect([202, 400]).toContain((await collectOne({ body })).response.status);
    }
    const { reply } = await collectOne({
      body: `{"events":[${JSON.stringify(pixelEvent("1")).replace('{"currency"', `{"x":${"[".repeat(60_000)}${"]".repeat(60_000)},"currency"`)}]}`,
    });
    expect(reply.rejected).toMatchObject([{ id: "1", issues: [{ path: "properties" }] }]);
  });

  it("takes a hundred names of a hundred characters, and no more", async () => {
    const send = async (properties: object) =>
      (await collectOne({ body: envelope(pixelEvent("1", { properties })) })).reply.accepted;
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1]));
    expect(await send(names(100))).toEqual(["1"]);
    expect(await send(names(101))).toEqual([]);
    expect(await send({ ["n".repeat(100)]: 1 })).toEqual(["1"]);
    expect(await send({ ["n".repeat(101)]: 1 })).toEqual([]);
    expect(await send({ a: { ["n".repeat(101)]: 1 } })).toEqual([]);
  });

  it("takes the last of a name that is there twice", async () => {
    const text = JSON.stringify(batch)
      .replace('"source":"web"', '"source":"crm","source":"web"')
      .replace('"id":"1"', '"id":"0","id":"1"');
    const { reply, claims } = await collectOne({ body: text });
    expect([reply.accepted, claims]).toEqual([["1"], {}]);
  });

  it("lets nothing into the prototypes of objects", async () => {
    const hostile = '{"polluted":1,"source":"crm","advertising":true}';
    for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]) {
      for (const field of ["properties", "context", "consent", "matchKeys", "clicks", "meta", "page"]) {
        const text = JSON.stringify(envelope(pixelEvent("1", { matchKeys: { meta: {}, tiktok: {} } }))).replace(
          `"${field}":{`,
          `"${field}":{"${name}":${hostile},`,
        );
        expect((await collectOne({ body: text.replaceAll(",}", "}") })).response.status).toBe(202);
      }
      expect(
        (await collectOne({ body: `{"${name}":${hostile},"events":[{"${name}":${hostile}}]}` })).response.status,
      ).toBe(202);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("rejects an event that names one, on any level", async () => {
    const send = async (properties: string) => {
      const text = JSON.stringify(envelope(pixelEvent("1", { properties: {} }))).replace(
        '"properties":{}',
        `"properties":${properties}`,
      );
      return (await collectOne({ body: text })).reply.accepted;
    };
    expect(await send('{"__proto__":1}')).toEqual([]);
    expect(await send('{"a":[{"b":{"__proto__":{}}}]}')).toEqual([]);
    expect(await send('{"proto":1,"constructor":1}')).toEqual(["1"]);
  });

  it.each([
    [0, true],
    [-1, false],
    [8.64e15, true],
    [8.64e15 + 1, false],
    ["1", false],
    [null, false],
  ])("takes a time that a Date can hold: %s", async (time, isTaken) => {
    expect((await collectOne({ body: { events: [pixelEvent("1", { time })] } })).reply.accepted).toEqual(
      isTaken ? ["1"] : [],
    );
  });

  it("takes no consent from a prototype that a page names", async () => {
    const text = JSON.stringify(envelope(pixelEvent("1"))).replace(
      '"consent":{"advertising":true}',
      '"consent":{"__proto__":{"advertising":true}}',
    );
    expect((await collectOne({ body: text })).events[0]?.consent.advertising).toBeUndefined();
  });

  it.each(["1e999", "-1e999", "1e308", "-1e308", "9007199254740993", "1".repeat(5_000), "-0"])(
    "takes a number of any size: %.20s",
    async (number) => {
      const text = JSON.stringify(batch);
      for (const field of ["sentAt", "time", "value"]) {
        const { response, events } = await collectOne({
          body: text.replace(new RegExp(`"${field}":[\\d.]+`), `"${field}":${number}`),
        });
        expect(response.status).toBe(202);
        for (const { time } of events) expect(Number.isNaN(new Date(time).getTime())).toBe(false);
      }
    },
  );
});

describe("collector options", () => {
  const create = (collector: object) =>
    createTracker({ destinations: [metaConversions({ datasetId: "1", accessToken: "t" })], collector });

  it.each<[object, string]>([
    [{ origins: "https://shop.example" }, "collector.origins"],
    [{ origins: ["shop.example"] }, "collector.origins"],
    [{ origins: ["https://shop.example/shop"] }, "collector.origins"],
    [{ origins: ["https://user@shop.example"] }, "collector.origins"],
    [{ origins: ["*"] }, "collector.origins"],
    [{ maxBytes: 0 }, "collector.maxBytes"],
    [{ maxEvents: 1.5 }, "collector.maxEvents"],
    [{ maxDepth: "6" }, "collector.maxDepth"],
    [{ bodyTimeout: -1 }, "collector.bodyTimeout"],
    [{ isBot: true }, "collector.isBot"],
    [{ cookies: true }, "collector.cookies"],
    [{ cookies: { domain: "com" } }, "collector.cookies.domain"],
    [{ cookies: { domain: ".shop.example" } }, "collector.cookies.domain"],
    [{ cookies: { domain: "192.0.2.1" } }, "collector.cookies.domain"],
    [{ cookies: { domain: "shop.example; Secure" } }, "collector.cookies.domain"],
    [{ cookies: { httpOnly: true } }, "collector.cookies.httpOnly"],
    [{ maxByte: 1 }, "collector.maxByte"],
  ])("refuse %j and name %s", (collector, name) => {
    try {
      create(collector);
      expect.unreachable();
    } catch (error) {
      expect(isBeaconryError(error) && error.code).toBe("invalid_option");
      expect((error as Error).message).toContain(name);
    }
  });

  it("take origins as people write them, and as app web views have them", async () => {
    const origins = [
      "https://Shop.Example/",
      "https://www.shop.example:443",
      "http://localhost:3000",
      "capacitor://localhost",
    ];
    for (const origin of [
      "https://shop.example",
      "https://www.shop.example",
      "http://localhost:3000",
      "capacitor://localhost",
    ])
      expect((await collectOne({ body: batch, headers: { Origin: origin } }, { origins })).response.status).toBe(202);
  });
});
