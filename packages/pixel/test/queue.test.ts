import { describe, expect, test } from "vitest";
import {
  createLocks,
  listen,
  openPage,
  openTab,
  parse,
  received,
  settle,
  storedEvents,
  type TestPage,
  tags,
} from "./page.js";

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
    const ids = [pixel.track("ViewContent")];
    await page.pass(wait - 1);
    ids.push(pixel.track("ViewContent"));
    if (wait > 500) expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 2 });
    expect(page.requests).toHaveLength(1);
    await page.pass(1);
    expect(page.requests).toHaveLength(2);
    expect(idsOf(page.requests[1]?.body)).toEqual(ids);
  });

  test.each([
    [400, "refused"],
    [401, "refused"],
    [403, "refused"],
    [404, "refused"],
    [410, "refused"],
    [422, "refused"],
    // The collector takes less than we do: smaller than one event no request can be.
    [413, "too_large"],
  ])("%i: is not tried again, and dropped as %s", async (status, reason) => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const dropped = listen(pixel, "dropped");
    page.answers.push({ status });
    const id = pixel.track("ViewContent");
    await page.pass(600_000);
    expect(page.requests).toHaveLength(1);
    expect(dropped).toEqual([{ ids: [id], reason }]);
    expect(storedEvents(page)).toEqual([]);
  });

  test("413 with several: in halves, until it is taken; one alone is dropped", async () => {
    const page = openPage();
    const huge = "huge";
    takes(page, (ids) => (ids.length > 2 || ids.includes(huge) ? 413 : 202));
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 8, maxDelay: 60_000 } });
    const dropped = listen(pixel, "dropped");
    const ids = Array.from({ length: 5 }, () => pixel.track("ViewContent"));
    pixel.track("ViewContent", {}, { id: huge });
    ids.push(pixel.track("ViewContent"));
    expect(await pixel.flush()).toEqual({ sent: 6, pending: 0, dropped: 1, reasons: { too_large: 1 } });
    expect(dropped).toEqual([{ ids: [huge], reason: "too_large" }]);
    expect(page.requests.map(({ body }) => idsOf(body).length).slice(0, 3)).toEqual([7, 3, 1]);
    const taken = page.requests.flatMap(({ body }) => (idsOf(body).length === 1 ? idsOf(body) : []));
    expect(taken.filter((id) => id !== huge)).toEqual(ids);
  });

  test("one that somebody before the collector refuses for what is in one event costs that event alone", async () => {
    const page = openPage();
    takes(page, (ids) => (ids.includes("bad") ? 403 : 202));
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 60_000 } });
    const dropped = listen(pixel, "dropped");
    const ids = Array.from({ length: 12 }, () => pixel.track("ViewContent"));
    pixel.track("Search", { searchString: "<script>" }, { id: "bad" });
    ids.push(pixel.track("Purchase", { currency: "EUR", value: 9.99 }));
    expect(await pixel.flush()).toEqual({ sent: 13, pending: 0, dropped: 1, reasons: { refused: 1 } });
    expect(dropped).toEqual([{ ids: ["bad"], reason: "refused" }]);
    const taken = page.requests.flatMap(({ body, status }) => (status === 202 ? idsOf(body) : []));
    expect(taken).toEqual(ids);
    // Later ones share requests again.
    const before = page.requests.length;
    for (let count = 0; count < 12; count++) pixel.track("ViewContent");
    await pixel.flush();
    expect(page.requests.length).toBe(before + 1);
  });

  test("is told as an error, once for each; the counts go on adding up", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    const errors = listen(pixel, "error");
    page.answers.push({ status: 503 }, "offline");
    pixel.track("ViewContent");
    await page.pass(0);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("503")]);
    expect(await pixel.flush()).toEqual({ sent: 0, pending: 1, dropped: 0, reasons: {} });
    expect(errors).toHaveLength(2);
    await page.pass(60_000);
    expect(await pixel.flush()).toEqual({ sent: 1, pending: 0, dropped: 0, reasons: {} });
    expect(errors).toHaveLength(2);
  });

  test.each([
    [
      "throws at once",
      () => {
        throw new Error("mine");
      },
    ],
    ["gives nothing", () => undefined],
    ["gives no Response", () => Promise.resolve({})],
    ["rejects with nothing", () => Promise.reject(undefined)],
  ])("a fetch of the page's own that %s counts as one, and is tried again", async (_, wrong) => {
    const page = openPage();
    const real = page.environment.fetch;
    let calls = 0;
    page.environment.fetch = (url, init) => (++calls === 1 ? (wrong() as never) : real(url, init));
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    const errors = listen(pixel, "error");
    const id = pixel.track("ViewContent");
    await page.pass(0);
    expect(errors).toHaveLength(1);
    expect(await pixel.flush().then(({ sent }) => sent)).toBe(1);
    expect(received(page).map((event) => event.id)).toEqual([id]);
  });

  test("one that is not answered within 30 s is one, and a late answer changes nothing", async () => {
    const page = openPage();
    let answer: (response: Response) => void = () => {};
    const real = page.environment.fetch;
    let calls = 0;
    page.environment.fetch = (url, init) =>
      ++calls === 1
        ? new Promise((resolve) => {
            answer = resolve;
          })
        : real(url, init);
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    const errors = listen(pixel, "error");
    const sent = listen(pixel, "sent");
    const id = pixel.track("ViewContent");
    await page.pass(29_999);
    expect([calls, errors.length]).toEqual([1, 0]);
    await page.pass(1);
    expect(errors).toHaveLength(1);
    await page.pass(30_000);
    expect(received(page).map((event) => event.id)).toEqual([id]);
    answer(new Response(null, { status: 202 }));
    await page.pass(60_000);
    expect(sent).toEqual([{ ids: [id] }]);
    expect(calls).toBe(2);
  });

  test("holds up flush no longer than its timeout", async () => {
    const page = openPage();
    page.environment.fetch = () => new Promise(() => {});
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    const results: unknown[] = [];
    const flushes = [pixel.flush(), pixel.flush({ timeout: 200 })].map((flush) =>
      flush.then((one) => results.push(one)),
    );
    await page.pass(200);
    expect(results).toEqual([{ sent: 0, pending: 1, dropped: 0, reasons: {} }]);
    await page.pass(4800);
    await Promise.all(flushes);
    expect(results).toHaveLength(2);
  });

  test("a refused one does not hold up what comes after it", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 1 } });
    page.answers.push({ status: 400 });
    pixel.track("ViewContent");
    const id = pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page).at(-1)?.id).toBe(id);
    expect(await pixel.flush()).toEqual({ sent: 1, pending: 0, dropped: 1, reasons: { refused: 1 } });
  });

  test("when nothing is left to send, no timer goes on, whatever was refused after a failure", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    page.answers.push({ status: 503 }, { status: 400 });
    pixel.track("ViewContent");
    await page.pass(60_000);
    expect(await pixel.flush()).toEqual({ sent: 0, pending: 0, dropped: 1, reasons: { refused: 1 } });
    expect(page.nextTimer()).toBeUndefined();
  });

  test("does not hold up what is tracked once another page has sent what failed", async () => {
    const locks = createLocks();
    const page = openPage();
    locks.put(page);
    page.answers.push({ status: 503 });
    page.beaconTakes.value = false;
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    await page.pass(1000);
    const tab = openTab(page);
    locks.put(tab);
    page.window.dispatchEvent(new page.window.Event("pagehide"));
    const asleep = [...page.machine.timers];
    page.machine.timers.clear();
    tab.pixel(granted);
    await tab.pass(1000);
    expect(received(tab)).toHaveLength(1);
    for (const timer of asleep) page.machine.timers.add(timer);
    page.comeBack();
    await page.pass(60_000);
    const id = pixel.track("Search");
    await page.pass(1000);
    expect(received(page).at(-1)?.id).toBe(id);
  });

  test("nor what is tracked after a browser without storage took what failed along", async () => {
    const page = openPage();
    Object.defineProperty(page.window, "localStorage", { value: null });
    page.answers.push({ status: 503 });
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    await page.pass(1000);
    page.hide();
    page.comeBack();
    await page.pass(60_000);
    const id = pixel.track("Search");
    await page.pass(1000);
    expect(received(page).at(-1)?.id).toBe(id);
  });
});

describe("a page that sleeps for longer than vendors recognise a second copy", () => {
  const day = 86_400_000;

  test("does not send what they may have: by a tag, or by a request without an answer", async () => {
    for (const how of ["tag", "request"]) {
      const page = openPage();
      const pixel = page.pixel({ ...granted, ...(how === "tag" && { tags }) });
      const dropped = listen(pixel, "dropped");
      page.answers.push("offline");
      const id = pixel.track("ViewContent");
      if (how === "request") await page.pass(1000);
      page.machine.clock.now += day;
      const other = pixel.track("Search");
      await page.pass(60_000);
      expect(dropped).toEqual([{ ids: [id], reason: "too_old" }]);
      expect(received(page).at(-1)?.id).toBe(other);
      expect(storedEvents(page)).toEqual([]);
    }
  });

  test("nor leaves it to the browser as it goes", () => {
    const page = openPage();
    page.pixel({ ...granted, tags }).track("ViewContent");
    page.machine.clock.now += day;
    page.hide();
    expect(page.beacons).toEqual([]);
  });

  test("sends what nobody can have", async () => {
    const page = openPage();
    const pixel = page.pixel({ consent: {} });
    const ids = [pixel.track("ViewContent")];
    page.machine.clock.now += day;
    pixel.consent({ advertising: true });
    ids.push(pixel.track("Search"));
    page.machine.clock.now += day;
    await page.pass(1000);
    expect(received(page).map(({ id }) => id)).toEqual(ids);
  });
});

test("a clock that is set back holds up nothing", async () => {
  const page = openPage();
  const pixel = page.pixel(granted);
  pixel.track("ViewContent");
  await page.pass(1000);
  page.machine.clock.now -= 3_600_000;
  const id = pixel.track("Search");
  await page.pass(1000);
  expect(received(page).at(-1)?.id).toBe(id);
  page.machine.clock.now -= 3_600_000;
  pixel.track("Search");
  expect(await pixel.flush()).toMatchObject({ sent: 3, pending: 0 });
});

describe("offline", () => {
  const openOffline = () => {
    const page = openPage();
    const set = (value: boolean) =>
      Object.defineProperty(page.window.navigator, "onLine", { value, configurable: true });
    set(false);
    return {
      page,
      connect() {
        set(true);
        page.window.dispatchEvent(new page.window.Event("online"));
      },
    };
  };

  test("nothing is tried and nothing is an error; it goes on as soon as there is a network", async () => {
    const { page, connect } = openOffline();
    const pixel = page.pixel(granted);
    const errors = listen(pixel, "error");
    const ids = Array.from({ length: 25 }, () => pixel.track("ViewContent"));
    await page.pass(100_000);
    expect(await pixel.flush()).toEqual({ sent: 0, pending: 25, dropped: 0, reasons: {} });
    expect(page.requests).toEqual([]);
    expect(errors).toEqual([]);
    expect(storedEvents(page)).toHaveLength(25);
    connect();
    await page.pass(0);
    expect(received(page).map(({ id }) => id)).toEqual(ids);
  });

  test("it does not spin, however short the delay of a batch is", async () => {
    const { page } = openOffline();
    let timers = 0;
    const { after } = page.environment;
    page.environment.after = (delay, callback) => (++timers > 60 ? () => {} : after(delay, callback));
    page.pixel({ ...granted, batch: { maxDelay: 0 } }).track("ViewContent");
    await page.pass(10_000);
    expect(timers).toBeLessThan(60);
  });

  test("a network that comes back is no leave to ask before the collector's Retry-After", async () => {
    const page = openPage();
    page.answers.push({ status: 429, headers: { "Retry-After": "60" } });
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 0 } });
    pixel.track("ViewContent");
    await page.pass(0);
    page.window.dispatchEvent(new page.window.Event("online"));
    await page.pass(59_999);
    expect(page.requests).toHaveLength(1);
    await page.pass(1);
    expect(page.requests).toHaveLength(2);
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
      body: { accepted: ["good"], rejected: [{ id: "bad", issues }, { id: "no-such" }, { id: 5 }, null] },
    });
    pixel.track("ViewContent", {}, { id: "good" });
    pixel.track("Purchase", {} as never, { id: "bad" });
    expect(await pixel.flush()).toEqual({ sent: 1, dropped: 1, pending: 0, reasons: { rejected: 1 } });
    expect(sent).toEqual([{ ids: ["good"] }]);
    expect(dropped).toEqual([{ ids: ["bad"], reason: "rejected", issues }]);
    expect(storedEvents(page)).toEqual([]);
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

  test.each([5, null, {}, "text", true])("may have nonsense for an event's issues: %j", async (issues) => {
    const page = openPage();
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", note);
    const pixel = page.pixel(granted);
    const found = listen(pixel, "issue");
    page.answers.push({ status: 202, body: { rejected: [{ id: "bad", issues }], issues: [{ id: "good", issues }] } });
    pixel.track("ViewContent", {}, { id: "good" });
    pixel.track("ViewContent", {}, { id: "bad" });
    await page.pass(1000);
    await settle();
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
    expect(found).toEqual([]);
    expect(await pixel.flush()).toMatchObject({ sent: 1, dropped: 1, pending: 0 });
  });

  test("counts an event once, however often it names it", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.answers.push({ status: 202, body: { rejected: [{ id: "bad" }, { id: "bad" }] } });
    pixel.track("ViewContent", {}, { id: "bad" });
    expect(await pixel.flush()).toEqual({ sent: 0, dropped: 1, pending: 0, reasons: { rejected: 1 } });
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
  expect(await pixel.flush()).toEqual({ sent: 0, pending: 1, dropped: 0, reasons: {} });
  const broken = openPage();
  broken.environment.fetch = () => {
    throw new Error("no fetch at all");
  };
  expect(await broken.pixel(granted).flush()).toEqual({ sent: 0, pending: 0, dropped: 0, reasons: {} });
});

test("reasons has only what occurred", async () => {
  const page = openPage();
  const pixel = page.pixel({ ...granted, beforeSend: (event) => (event.name === "Search" ? null : event) });
  pixel.track("Search");
  pixel.track("Search");
  pixel.track("" as "PageView");
  pixel.track("ViewContent");
  expect(await pixel.flush()).toEqual({ sent: 1, pending: 0, dropped: 3, reasons: { before_send: 2, invalid: 1 } });
});

/** The collector answers a request by the ids in it. */
function takes(page: TestPage, answer: (ids: string[]) => number): void {
  const { answers, environment } = page;
  const real = environment.fetch;
  environment.fetch = (url, init) => {
    answers.push({ status: answer(idsOf(String(init.body))) });
    return real(url, init);
  };
}
