import { describe, expect, test } from "vitest";
import { listen, openPage, parse, received } from "./page.js";

const granted = { consent: { advertising: true } };
const idsOf = (body: string | undefined) => parse(body ?? "").events.map(({ id }) => id);
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("batches", () => {
  test("go out when full, or when the oldest has waited long enough", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    for (let count = 0; count < 21; count++) pixel.track("ViewContent");
    await page.pass(0);
    expect(idsOf(page.requests[0]?.body)).toHaveLength(20);
    await page.pass(1000);
    expect(received(page)).toHaveLength(21);
  });

  test("stay below 60 KiB, whatever the script", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 100 } });
    const sent = Array.from({ length: 40 }, () => pixel.track("ViewContent", { description: "é漢😀".repeat(700) }));
    await pixel.flush();
    expect(page.requests.length).toBeGreaterThan(3);
    for (const { body } of page.requests) expect(bytes(body)).toBeLessThanOrEqual(60 * 1024);
    expect(received(page).map(({ id }) => id)).toEqual(sent);
  });

  test("an event too large for any is dropped, and holds up no other", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const dropped = listen(pixel, "dropped");
    const large = pixel.track("ViewContent", { description: "x".repeat(61_440) });
    const small = pixel.track("ViewContent");
    await page.pass(1000);
    expect(dropped).toEqual([{ ids: [large], reason: "too_large" }]);
    expect(received(page).map(({ id }) => id)).toEqual([small]);
  });

  test("one request at a time, so that keepalive bodies never add up beyond the browser's limit", async () => {
    const page = openPage();
    let open = 0;
    let most = 0;
    const real = page.environment.fetch;
    page.environment.fetch = async (url, init) => {
      most = Math.max(most, ++open);
      const response = await real(url, init);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open--;
      return response;
    };
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 5 } });
    for (let count = 0; count < 23; count++) pixel.track("ViewContent");
    const result = await pixel.flush();
    expect(most).toBe(1);
    expect(result).toMatchObject({ sent: 23, pending: 0 });
  });
});

describe("a request that fails", () => {
  test.each([
    ["no network", "offline" as const],
    ["408", { status: 408 }],
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["503", { status: 503 }],
  ])("%s: is tried again with the same events", async (_, answer) => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.answers.push(answer);
    const id = pixel.track("ViewContent");
    await page.pass(1000);
    expect(await pixel.flush().then(({ sent }) => sent)).toBe(1);
    expect(page.requests.map(({ body }) => idsOf(body))).toEqual([[id], [id]]);
    expect(page.requests.map(({ body }) => parse(body).sentAt)).toEqual([1_760_000_001_000, 1_760_000_001_000]);
  });

  test("waits 1 s, 2 s, 4 s, … 30 s at most, by the dice, jitter after the cap", async () => {
    for (const dice of [1, 0.5, 0]) {
      const page = openPage();
      page.dice.value = dice;
      page.answers.push(...Array.from({ length: 7 }, () => "offline" as const));
      page.pixel({ ...granted, batch: { maxDelay: 0 } }).track("ViewContent");
      await page.pass(120_000);
      const waits = page.requests.map(({ at }, index) => at - (page.requests[index - 1]?.at ?? at)).slice(1);
      expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * 1000 * dice));
    }
  });

  test.each([
    ["seconds", "120", 120_000],
    ["a date", new Date(1_760_000_000_000 + 60_000).toUTCString(), 60_000],
    ["five minutes at most", "86400", 300_000],
    ["nothing that can be read", "soon", 500],
    ["a date that has passed", new Date(0).toUTCString(), 500],
  ])("Retry-After is a floor: %s", async (_, header, wait) => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    page.answers.push({ status: 429, headers: { "Retry-After": header } });
    pixel.track("ViewContent");
    await page.pass(wait - 1);
    pixel.track("ViewContent");
    if (wait > 500) expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 2 });
    expect(page.requests).toHaveLength(1);
    await page.pass(1);
    expect(page.requests).toHaveLength(2);
    expect(idsOf(page.requests[1]?.body)).toEqual(["id-1", "id-2"]);
  });

  test.each([400, 401, 403, 404, 413, 422])("%i: is not tried again", async (status) => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const dropped = listen(pixel, "dropped");
    page.answers.push({ status });
    const id = pixel.track("ViewContent");
    await page.pass(600_000);
    expect(page.requests).toHaveLength(1);
    expect(dropped).toEqual([{ ids: [id], reason: "refused" }]);
  });
});

describe("the collector's answer", () => {
  test("names the events it did not take", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const dropped = listen(pixel, "dropped");
    const sent = listen(pixel, "sent");
    const issues = [{ severity: "error", code: "missing", path: "properties.currency", message: "…" }] as const;
    page.answers.push({
      status: 202,
      body: { accepted: ["id-1"], rejected: [{ id: "id-2", issues }, { id: "no-such" }] },
    });
    pixel.track("ViewContent");
    pixel.track("Purchase", {} as never);
    expect(await pixel.flush()).toMatchObject({ sent: 1, dropped: 1, pending: 0, reasons: { rejected: 1 } });
    expect(sent).toEqual([{ ids: ["id-1"] }]);
    expect(dropped).toEqual([{ ids: ["id-2"], reason: "rejected", issues }]);
  });

  test("may be empty, or no JSON at all", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.answers.push({ status: 204 }, { status: 200, body: "text" }, { status: 200, body: null });
    for (let count = 0; count < 3; count++) {
      pixel.track("ViewContent");
      await pixel.flush();
    }
    expect(await pixel.flush()).toMatchObject({ sent: 3, dropped: 0, pending: 0 });
  });
});

describe("at page hide", () => {
  test("what waits is left to the browser as text, in bodies below 60 KiB", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const sent = Array.from({ length: 15 }, () => pixel.track("ViewContent", { description: "漢".repeat(3000) }));
    page.hide();
    expect(page.beacons.length).toBeGreaterThan(1);
    const bodies = await Promise.all(page.beacons.map((beacon) => beacon.text()));
    for (const [index, body] of bodies.entries()) {
      expect(page.beacons[index]?.type.toLowerCase()).toBe("text/plain;charset=utf-8");
      expect(bytes(body)).toBeLessThan(60 * 1024);
    }
    expect(bodies.flatMap(idsOf)).toEqual(sent);
    await page.pass(10_000);
    expect(page.requests).toEqual([]);
    expect(await pixel.flush()).toMatchObject({ sent: 15, pending: 0 });
  });

  test("what the browser does not take waits on", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const pixel = page.pixel(granted);
    const id = pixel.track("ViewContent");
    page.hide();
    expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0 });
    expect(received(page).map((event) => event.id)).toEqual([id]);
  });

  test("while the collector fails, a copy goes, and the events are kept for a later try", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.answers.push({ status: 503 });
    const id = pixel.track("ViewContent");
    await page.pass(1000);
    page.hide();
    expect(page.beacons.length).toBeGreaterThan(0);
    await page.pass(1000);
    expect(received(page).map((event) => event.id)).toEqual([id, id]);
    expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0 });
  });
});

test("holds 1,000 events at most; the oldest goes, counted", async () => {
  const page = openPage();
  const pixel = page.pixel(granted);
  page.answers.push({ status: 503, headers: { "Retry-After": "60" } });
  const ids = Array.from({ length: 20 }, () => pixel.track("ViewContent"));
  await page.pass(0);
  for (let count = 0; count < 985; count++) ids.push(pixel.track("ViewContent"));
  expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 1000, dropped: 5, reasons: { queue_overflow: 5 } });
  await page.pass(60_000);
  expect(
    received(page)
      .slice(20)
      .map(({ id }) => id),
  ).toEqual(ids.slice(5));
});

test("and 1,000 at most with those that come back from a request", async () => {
  const page = openPage();
  const pixel = page.pixel(granted);
  page.answers.push({ status: 503, headers: { "Retry-After": "60" } });
  for (let count = 0; count < 1005; count++) pixel.track("ViewContent");
  expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 1000, dropped: 5, reasons: { queue_overflow: 5 } });
});

test("flush says what is what, and never rejects", async () => {
  const page = openPage();
  const pixel = page.pixel(granted);
  page.answers.push("offline");
  pixel.track("ViewContent");
  expect(await pixel.flush()).toEqual({
    sent: 0,
    pending: 1,
    dropped: 0,
    reasons: { consent: 0, held_overflow: 0, queue_overflow: 0, invalid: 0, too_large: 0, rejected: 0, refused: 0 },
  });
  page.environment.fetch = () => {
    throw new Error("no fetch at all");
  };
  expect(await page.pixel(granted).flush()).toMatchObject({ sent: 0, pending: 0 });
});
