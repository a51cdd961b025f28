import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LeasedParcel, memoryOutbox, metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";
import { createSandbox, type Fault, type Sandbox } from "../../src/sandbox/index.js";
import { undiciTransport } from "../../src/undici/index.js";
import { appContext, consent, createShopTracker, tokens, webContext } from "../shop.js";
import { listen, until } from "./stub.js";

type Endpoint = "tiktok.events" | "meta.conversions" | "meta.appEvents";
const endpoints: readonly Endpoint[] = ["tiktok.events", "meta.conversions", "meta.appEvents"];
const destinationOf = { "tiktok.events": "tiktok", "meta.conversions": "meta", "meta.appEvents": "meta-app" } as const;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.close());

const html = "<html><body>Sorry, something went wrong.</body></html>";
const metaError = (code: number, more: object = {}) => ({
  error: { message: "m", type: "OAuthException", code, fbtrace_id: "f", ...more },
});

const answer = (body: unknown, status = 200): Fault => ({ kind: "answer", status, body });

/** What the vendors do, beside what they say to a single event; all of it passes. */
const passing: Record<string, Fault> = {
  latency: { kind: "latency", delay: 150 },
  "a cut connection": { kind: "cut" },
  "a lost answer": { kind: "cut", when: "after" },
  "429": { kind: "rateLimit", code: 429 },
  "429 with Retry-After": { kind: "answer", status: 429, body: "", headers: { "retry-after": "1" } },
  "500": { kind: "serverError" },
  "503 with Retry-After": { kind: "answer", status: 503, body: html, headers: { "retry-after": "1" } },
  "HTML with 200": { kind: "html" },
  "a slow body": { kind: "slowBody", duration: 150 },
  "a redirect": { kind: "answer", status: 302, headers: { location: "http://127.0.0.1:1/" } },
  "JSON that is none": answer('{"code":0,'),
};

const passingOf: Record<Endpoint, Record<string, Fault>> = {
  "tiktok.events": {
    "40100 QPS": { kind: "rateLimit", code: 40100 },
    "40016": { kind: "rateLimit", code: 40016 },
    "20001": { kind: "partialSuccess" },
    "50000": answer({ code: 50000, message: "system error" }),
    "40202": answer({ code: 40202, message: "write conflict" }),
  },
  "meta.conversions": {
    "code 1": answer(metaError(1)),
    "code 2, transient": answer(metaError(2, { is_transient: true })),
    "an unknown code": answer(metaError(987_654)),
  },
  "meta.appEvents": { "code 2": answer(metaError(2)), "success false": answer({ success: false }) },
};

const cases = endpoints.flatMap((endpoint) =>
  Object.entries({ ...passing, ...passingOf[endpoint] }).map(([name, fault]) => [endpoint, name, fault] as const),
);

/** Events for one endpoint only; App Events spread over devices, one request each. */
async function trackAll(tracker: ReturnType<typeof createShopTracker>, endpoint: Endpoint, count: number) {
  for (let index = 0; index < count; index++) {
    const context = endpoint === "meta.appEvents" ? appContext((index % 9) + 1) : webContext;
    await tracker.track("Contact", {}, { id: `o-${index}`, context, consent });
  }
}

function shopTracker(endpoint: Endpoint, options: Parameters<typeof createShopTracker>[1] = {}) {
  const baseUrl = sandbox.url;
  const destination = {
    "tiktok.events": () => tiktokEvents({ pixelCode: "C0PIXEL", accessToken: tokens.tiktok, baseUrl }),
    "meta.conversions": () => metaConversions({ datasetId: "123456", accessToken: tokens.meta, baseUrl }),
    "meta.appEvents": () => metaAppEvents({ appId: "987654", appSecret: tokens.appSecret, baseUrl }),
  }[endpoint]();
  return createShopTracker(sandbox, { destinations: [destination], ...options });
}

/** Meta's minute takes half a second. */
function hurried() {
  const start = { wall: Date.now(), steady: performance.now() };
  const elapsed = () => (performance.now() - start.steady) * 120;
  const now = () => start.wall + elapsed();
  return { elapsed, now, outbox: memoryOutbox({ now }) };
}

describe("what passes: every event is delivered", () => {
  it.concurrent.each(cases)(
    "%s: %s",
    async (endpoint, name, fault) => {
      await using own = await createSandbox();
      own.faults.add({ ...fault, endpoint, count: 2 });
      const isMeta429 = endpoint !== "tiktok.events" && name.startsWith("429");
      const pool = undiciTransport();
      await using tracker = createShopTracker(own, {
        // App Events are what that transport is for.
        ...(endpoint === "meta.appEvents" && { transport: pool }),
        destinations: [
          tiktokEvents({ pixelCode: "C0PIXEL", accessToken: tokens.tiktok, baseUrl: own.url }),
          metaConversions({ datasetId: "123456", accessToken: tokens.meta, baseUrl: own.url }),
          metaAppEvents({ appId: "987654", appSecret: tokens.appSecret, baseUrl: own.url }),
        ].filter((one) => one.name === destinationOf[endpoint]),
        ...(isMeta429 && hurried()),
      });
      await trackAll(tracker, endpoint, 20);
      await until(async () => {
        // Short, since who hurries has another clock than the timers that flush would wait for.
        const { delivered, dead } = await tracker.flush({ timeout: 5 });
        return delivered + dead === 20;
      }, 20_000);
      expect(await tracker.flush()).toEqual({ delivered: 20, dead: 0, dropped: 0, pending: 0 });
      const counted = own.events().filter(({ outcome }) => outcome === "counted");
      expect(new Set(counted.map(({ id }) => id)).size).toBe(20);
      await pool.close();
    },
    30_000,
  );
});

describe("what does not pass: events wait, in the outbox", () => {
  const lasting: Record<Endpoint, readonly Fault[]> = {
    "tiktok.events": [
      answer({ code: 40100, message: "reaches the QPM limit 600" }),
      { kind: "rateLimit", code: 40132 },
      { kind: "expiredToken" },
      answer({ code: 40001, message: "No permission to operate pixel code" }),
      answer({ code: 60001, message: "maintenance" }),
    ],
    "meta.conversions": [
      { kind: "expiredToken" },
      { kind: "rateLimit", code: 17 },
      { kind: "rateLimit", code: 613 },
      { kind: "rateLimit", code: 80004 },
      answer(metaError(100, { error_subcode: 33 }), 400),
    ],
    "meta.appEvents": [
      { kind: "expiredToken" },
      { kind: "rateLimit", code: 4 },
      answer(metaError(190), 400),
      answer(metaError(200), 400),
    ],
  };
  it.each(endpoints.flatMap((endpoint) => lasting[endpoint].map((fault) => [endpoint, fault] as const)))(
    "%s: %j",
    async (endpoint, fault) => {
      sandbox.faults.add({ ...fault, endpoint });
      await using tracker = shopTracker(endpoint, { concurrency: 1 });
      const news = listen(tracker);
      await trackAll(tracker, endpoint, 20);
      expect(await tracker.flush()).toEqual({ delivered: 0, dead: 0, dropped: 0, pending: 20 });
      expect(new Set(news.map(([kind]) => kind))).toEqual(new Set(["paused"]));
      const [status] = (await tracker.status()).destinations;
      expect(status).toMatchObject({ waiting: 20, underWay: 0, retried: 0, pausedUntil: expect.any(Number) });
      expect(status?.lastError?.detail).toMatch(/^code \d+/);
      // However many are under way at once, a limit is met once and not event by event.
      expect(sandbox.requests().length).toBeLessThanOrEqual(32);
      await tracker.close({ timeout: 1 });
    },
  );
});

/** Bodies by hand: the SDK would not send what is refused here. */
function parcels(count: number, isPoison: (index: number) => boolean) {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => ({
    destination: "meta",
    name: "Contact",
    id: `o-${index}`,
    time: now,
    expiresAt: now + 60_000,
    group: "",
    body: JSON.stringify({
      event_name: "Contact",
      event_time: Math.floor(now / 1000),
      event_id: `o-${index}`,
      action_source: "website",
      event_source_url: "https://shop.example/",
      user_data: { client_ip_address: "168.212.226.204", client_user_agent: "test" },
      // Text where Meta wants a list: 100/2804019.
      ...(isPoison(index) && { custom_data: { contents: "socks" } }),
    }),
  }));
}

describe("poison events", () => {
  it.each([0, 1, 499, 500, 617, 999])("the one in 1,000, at place %i, takes at most 21 requests", async (poison) => {
    const outbox = memoryOutbox();
    await outbox.add(parcels(1_000, (index) => index === poison));
    await using tracker = shopTracker("meta.conversions", { outbox });
    expect(await tracker.flush()).toMatchObject({ delivered: 999, dead: 1, pending: 0 });
    expect(sandbox.requests().length).toBeLessThanOrEqual(21);
    const [letter] = await tracker.deadLetters();
    expect(letter).toMatchObject({ id: `o-${poison}`, reason: "refused" });
    expect(letter?.detail).toContain("code 100/2804019");
  });

  it("TikTok's one in 1,000 takes as many", async () => {
    const outbox = memoryOutbox();
    const bodies = Array.from({ length: 1_000 }, (_, index) => ({
      event: "Contact",
      event_time: index === 617 ? "soon" : Math.floor(Date.now() / 1000),
      event_id: `o-${index}`,
      user: { ip: "168.212.226.204", user_agent: "test" },
      page: { url: "https://shop.example/" },
    }));
    await outbox.add(
      parcels(1_000, () => false).map((parcel, index) => ({
        ...parcel,
        destination: "tiktok",
        group: "web",
        body: JSON.stringify(bodies[index]),
      })),
    );
    await using tracker = shopTracker("tiktok.events", { outbox });
    expect(await tracker.flush()).toMatchObject({ delivered: 999, dead: 1, pending: 0 });
    expect(sandbox.requests().length).toBeLessThanOrEqual(21);
    const [letter] = await tracker.deadLetters();
    expect(letter).toMatchObject({ id: "o-617", reason: "refused" });
    expect(letter?.detail).toMatch(/^code 40002: Batch\.\d+\.event_time/);
  });

  it("one in 100: each is found, all others are delivered once", async () => {
    const outbox = memoryOutbox();
    await outbox.add(parcels(2_000, (index) => index % 100 === 37));
    await using tracker = shopTracker("meta.conversions", { outbox });
    expect(await tracker.flush()).toMatchObject({ delivered: 1_980, dead: 20, pending: 0 });
    const dead = await tracker.deadLetters();
    expect(dead.every(({ id, reason }) => /37$/.test(id) && reason === "refused")).toBe(true);
    expect(sandbox.events()).toHaveLength(1_980);
    // 2 batches; for each of 20, both halves at each of at most 10 steps.
    expect(sandbox.requests().length).toBeLessThanOrEqual(2 + 20 * 20);
  });

  it("a partial success of TikTok's is taken apart, and counts no event twice", async () => {
    // The limit first, so that all of them wait for one request.
    sandbox.faults.add({ kind: "rateLimit", endpoint: "tiktok.events", count: 1 });
    sandbox.faults.add({ kind: "partialSuccess", count: 1 });
    await using tracker = shopTracker("tiktok.events", { concurrency: 1 });
    await trackAll(tracker, "tiktok.events", 20);
    await until(async () => (await tracker.flush()).delivered === 20);
    expect(await tracker.flush()).toEqual({ delivered: 20, dead: 0, dropped: 0, pending: 0 });
    const counted = sandbox.events().filter(({ outcome }) => outcome === "counted");
    expect(new Set(counted.map(({ id }) => id)).size).toBe(20);
    expect(counted).toHaveLength(20);
  });

  it("one on which the vendor's server breaks dies alone, others get through", async () => {
    const outbox = memoryOutbox();
    await outbox.add(parcels(1_000, () => false));
    const poison = '"event_id":"o-617"';
    const own = undiciTransport();
    await using tracker = shopTracker("meta.conversions", {
      outbox,
      maxAttempts: 5,
      backoff: { base: 1, cap: 2 },
      transport: async (request, signal) =>
        request.body.includes(poison) ? { status: 500, headers: new Headers(), body: html } : own(request, signal),
    });
    await until(async () => (await tracker.flush()).pending === 0, 20_000);
    expect(await tracker.flush()).toMatchObject({ delivered: 999, dead: 1, pending: 0 });
    expect(await tracker.deadLetters()).toMatchObject([
      { id: "o-617", reason: "attempts", detail: "5 attempts failed, the last: HTTP 500 without an error code" },
    ]);
    await own.close();
  });

  it("what is too large for the vendor's server goes in halves", async () => {
    const outbox = memoryOutbox();
    await outbox.add(parcels(1_000, () => false));
    sandbox.faults.add({ ...answer(html, 413), endpoint: "meta.conversions", count: 1 });
    await using tracker = shopTracker("meta.conversions", { outbox });
    expect(await tracker.flush()).toMatchObject({ delivered: 1_000, dead: 0, pending: 0 });
    expect(sandbox.requests().map(({ status }) => status)).toEqual([413, 200, 200]);
  });
});

it("a limit in the midst of halving leaves the rest unsent, and no attempt counted", async () => {
  const outbox = memoryOutbox();
  await outbox.add(parcels(1_000, (index) => index === 999));
  await using tracker = shopTracker("meta.conversions", { outbox });
  sandbox.faults.add({ ...answer(metaError(100, { error_subcode: 2804019 }), 400), count: 1 });
  sandbox.faults.add({ kind: "rateLimit", code: 4, endpoint: "meta.conversions", count: 1 });
  expect(await tracker.flush()).toMatchObject({ delivered: 0, dead: 0, pending: 1_000 });
  expect(sandbox.requests()).toHaveLength(2);
  const { parcels: left } = await outbox.take("meta", 1_000);
  expect(left satisfies readonly LeasedParcel[]).toEqual([]);
  await tracker.close({ timeout: 1 });
});
