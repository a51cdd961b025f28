import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracker, memoryOutbox, type Outbox } from "../src/index.js";
import {
  delivered,
  refused,
  sleep,
  stubDestination,
  stubTracker,
  stubTransport,
  track,
  until,
} from "./delivery/stub.js";
import { registerOpenTelemetry } from "./open-telemetry.js";

let sdk: ReturnType<typeof registerOpenTelemetry>;
beforeEach(() => {
  sdk = registerOpenTelemetry();
});
afterEach(() => sdk.unregister());

/** `name {attributes}` → value, of sums and gauges; of histograms the number of values and their sum. */
async function values() {
  const all = (await sdk.metrics()).flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => {
      const labels = Object.entries(attributes).map(([key, of]) => `${key}=${of}`);
      return [`${descriptor.name} {${labels.toSorted().join(" ")}}`, value] as const;
    }),
  );
  return Object.fromEntries(all);
}

const consented = { consent: { advertising: true }, context: { source: "web" } } as const;

describe("OpenTelemetry's API", () => {
  it("is the copy that the app's SDK has: a newer one of our own would find no SDK, and keep nothing", () => {
    const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    // SDKs of 2 want less than 1.10, those of 3 want 1.10. Installers share what fits both ranges.
    expect(dependencies["@opentelemetry/api"]).toBe("^1.3.0");
  });
});

describe("metrics", () => {
  it("count every event by destination and reason, and the sums are those of flush", async () => {
    let failing = 2;
    const { tracker } = stubTracker(
      (ids) => {
        if (failing-- > 0) return { kind: "retry", detail: "later" };
        return ids.some((id) => id.startsWith("bad")) ? refused : delivered;
      },
      { concurrency: 1 },
    );
    await track(tracker, "1");
    await track(tracker, "1");
    await track(tracker, "bad");
    await tracker.track("Contact", {}, { ...consented, id: "future", time: Date.now() + 3_600_000 });
    await until(async () => (await tracker.flush()).pending === 0);
    const found = await values();
    const stub = "beaconry.destination=stub";
    expect(found).toMatchObject({
      [`beaconry.events.accepted {${stub}}`]: 2,
      [`beaconry.events.duplicate {${stub}}`]: 1,
      [`beaconry.events.delivered {${stub}}`]: 1,
      [`beaconry.events.dead {${stub} beaconry.reason=refused}`]: 1,
      [`beaconry.events.dropped {${stub} beaconry.reason=invalid}`]: 1,
      [`beaconry.outbox.waiting {${stub}}`]: 0,
    });
    expect(found[`beaconry.events.retried {${stub}}`]).toBeGreaterThanOrEqual(2);
    expect(await tracker.flush()).toEqual({ delivered: 1, dead: 1, dropped: 1, pending: 0 });
    await tracker.close();
  });

  it("measure batches and requests by what came of them", async () => {
    const outbox = memoryOutbox();
    // Each look at the clock takes a quarter of a second.
    let time = 0;
    const elapsed = () => (time += 250);
    const { tracker } = stubTracker((ids) => (ids.length > 1 ? refused : delivered), {
      outbox,
      concurrency: 1,
      elapsed,
    });
    await Promise.all([track(tracker, "1"), track(tracker, "2")]);
    await tracker.flush();
    const found = await values();
    const sizes = found["beaconry.batch.size {beaconry.destination=stub}"] as { count: number; sum: number };
    expect(sizes.sum).toBeGreaterThanOrEqual(2);
    const durations = Object.entries(found).filter(([name]) => name.startsWith("beaconry.request.duration"));
    expect(durations.map(([name]) => name)).toContain(
      "beaconry.request.duration {beaconry.destination=stub beaconry.verdict=delivered http.response.status_code=200}",
    );
    // Seconds, not milliseconds.
    for (const [, value] of durations) expect((value as { max: number }).max).toBeLessThan(10);
    for (const [, value] of durations) expect((value as { max: number }).max).toBeGreaterThanOrEqual(0.25);
    await tracker.close();
  });

  it("observe depth and age of the outbox, until the tracker is closed", async () => {
    const inner = memoryOutbox();
    const outbox = { ...inner, oldest: async () => Date.now() - 90_000 };
    const { tracker } = stubTracker(() => ({ kind: "pause", detail: "limit", for: 60_000 }), { outbox });
    for (const id of ["1", "2", "3"]) await track(tracker, id);
    await tracker.flush();
    const found = await values();
    expect(found["beaconry.outbox.waiting {beaconry.destination=stub}"]).toBe(3);
    expect(found["beaconry.outbox.age {beaconry.destination=stub}"]).toBeCloseTo(90, 0);
    await tracker.close({ timeout: 1 });
    let asked = 0;
    outbox.waiting = async () => asked++;
    await values();
    expect(asked).toBe(0);
  });
});

describe("spans", () => {
  it("of sending stand alone, and have no more than destination, size, verdict, status", async () => {
    const { tracker } = stubTracker(() => delivered);
    await track(tracker, "1");
    await tracker.flush();
    const [span] = sdk.spans().filter(({ name }) => name === "beaconry.send");
    expect(span?.attributes).toEqual({
      "beaconry.destination": "stub",
      "beaconry.batch.size": 1,
      "beaconry.verdict": "delivered",
      "http.response.status_code": 200,
    });
    expect(span?.parentSpanContext).toBeUndefined();
    expect([span?.events, span?.status.code]).toEqual([[], 0]);
    await tracker.close();
  });

  it("of adding to the outbox belong to the collector's", async () => {
    const { tracker } = stubTracker(() => delivered);
    const event = { id: "1", name: "Contact", time: Date.now(), properties: {}, context: { source: "web" } };
    const body = JSON.stringify({ sentAt: Date.now(), events: [{ ...event, consent: { advertising: true } }] });
    const headers = {
      "content-type": "text/plain",
      "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140",
    };
    await tracker.collect(new Request("https://shop.example/collect", { method: "POST", body, headers }));
    await tracker.flush();
    const spans = sdk.spans();
    const of = (name: string) => spans.find((span) => span.name === name);
    expect(of("beaconry.outbox.add")?.parentSpanContext?.spanId).toBe(of("beaconry.collect")?.spanContext().spanId);
    expect(of("beaconry.collect")?.attributes).toEqual({ "http.response.status_code": 202 });
    expect(of("beaconry.outbox.add")?.attributes).toEqual({});
    await tracker.close();
  });

  it("of what failed say so, and not with whose data", async () => {
    const { tracker } = stubTracker(() => delivered, {
      outbox: memoryOutbox({ maxParcels: 1 }),
      transport: async () => {
        throw Object.assign(new TypeError("fetch failed: https://x/?token=secret"), {
          cause: { code: "ECONNREFUSED" },
        });
      },
    });
    await track(tracker, "1");
    await expect(track(tracker, "2")).rejects.toMatchObject({ code: "outbox_full" });
    await until(() => sdk.spans().some(({ name }) => name === "beaconry.send"));
    const failed = sdk.spans().filter(({ status }) => status.code === 2);
    expect(new Set(failed.map(({ name }) => name))).toEqual(new Set(["beaconry.outbox.add", "beaconry.send"]));
    expect(failed.find(({ name }) => name === "beaconry.send")?.attributes).toMatchObject({
      "beaconry.verdict": "retry",
      "error.type": "TypeError ECONNREFUSED",
    });
    expect(JSON.stringify(failed.map(({ status, events, attributes }) => [status, events, attributes]))).not.toContain(
      "secret",
    );
    await tracker.close({ timeout: 1 });
  });
});

describe("status", () => {
  it("says of each destination what waits, what holds it and what went wrong last", async () => {
    const { transport } = stubTransport((_, host) =>
      host === "limited" ? { kind: "pause", detail: "code 4: too many calls", for: 60_000 } : delivered,
    );
    const outbox = {
      ...memoryOutbox(),
      oldest: async (name: string) => (name === "limited" ? Date.now() - 5_000 : undefined),
    };
    const tracker = createTracker({
      destinations: [stubDestination("limited"), stubDestination("healthy")],
      transport,
      outbox,
      random: () => 0,
    });
    const start = Date.now();
    await track(tracker, "1");
    await track(tracker, "2");
    await tracker.flush();
    const status = await tracker.status();
    const took = Date.now() - start;
    expect(status).toEqual({
      closed: false,
      destinations: [
        {
          name: "limited",
          waiting: 2,
          oldestAge: expect.any(Number),
          underWay: 0,
          failures: 0,
          pausedUntil: expect.any(Number),
          lastError: { detail: "code 4: too many calls", at: expect.any(Number) },
          accepted: 2,
          duplicate: 0,
          delivered: 0,
          retried: 0,
          dead: {},
          dropped: {},
        },
        {
          name: "healthy",
          waiting: 0,
          underWay: 0,
          failures: 0,
          accepted: 2,
          duplicate: 0,
          delivered: 2,
          retried: 0,
          dead: {},
          dropped: {},
        },
      ],
    });
    const [limited] = status.destinations;
    // A millisecond for rounding.
    for (const [actual, least] of [
      [limited?.pausedUntil, start + 60_000],
      [limited?.oldestAge, 5_000],
    ] as const) {
      expect(actual).toBeGreaterThanOrEqual(least - 1);
      expect(actual).toBeLessThanOrEqual(least + took + 1);
    }
    await tracker.close({ timeout: 1 });
    expect(await tracker.status()).toMatchObject({ closed: true });
  });

  it("says when the outbox gives nothing, and when it does again", async () => {
    const inner = memoryOutbox();
    let isBroken = true;
    const take: Outbox["take"] = (...given) =>
      isBroken ? Promise.reject(new Error("the disk is full")) : inner.take(...given);
    const { tracker } = stubTracker(() => delivered, { outbox: { ...inner, take }, backoff: { base: 10, cap: 10 } });
    await track(tracker, "1");
    await expect
      .poll(async () => (await tracker.status()).destinations[0]?.outboxError)
      .toEqual({ detail: "the disk is full", at: expect.any(Number) });
    isBroken = false;
    await expect.poll(async () => (await tracker.status()).destinations[0]?.delivered).toBe(1);
    expect((await tracker.status()).destinations[0]).not.toHaveProperty("outboxError");
    await tracker.close();
  });

  it("answers without an outbox that answers", async () => {
    const outbox = { ...memoryOutbox(), waiting: async () => Promise.reject(new Error("disk")) };
    const { tracker } = stubTracker(() => delivered, { outbox });
    const [stub] = (await tracker.status()).destinations;
    expect(stub).toMatchObject({ name: "stub" });
    expect(stub).not.toHaveProperty("waiting");
    await tracker.close();
  });
});

it("without an SDK everything works", async () => {
  await sdk.unregister();
  const { tracker } = stubTracker(() => sleep(1).then(() => delivered));
  await track(tracker, "1");
  expect(await tracker.flush()).toMatchObject({ delivered: 1 });
  await tracker.close();
});
