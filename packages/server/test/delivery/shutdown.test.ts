import { expect, it, vi } from "vitest";
import { memoryOutbox, type Outbox } from "../../src/index.js";
import {
  delivered,
  listen,
  refused,
  retry,
  sleep,
  stubDestination,
  stubParcel,
  stubTracker,
  track,
  until,
} from "./stub.js";
import { virtualTime } from "./virtual-time.js";

/** An outbox that can be looked into after its tracker has closed it. */
function watchedOutbox() {
  const outbox = memoryOutbox();
  let closed = 0;
  const watched: Outbox = { ...outbox, close: async () => void closed++ };
  return { outbox: watched, closed: () => closed };
}

it("close stops intake at once, sends what is there, and closes the outbox", async () => {
  const { outbox, closed } = watchedOutbox();
  const { tracker, requests } = stubTracker(() => sleep(30).then(() => delivered), { outbox });
  for (let index = 0; index < 100; index++) await track(tracker, `${index}`);
  const closing = tracker.close();
  await expect(track(tracker, "late")).rejects.toMatchObject({ code: "closed" });
  expect(await closing).toEqual({ delivered: 100, dead: 0, dropped: 0, pending: 0 });
  expect(closed()).toBe(1);
  expect(requests.flatMap(({ ids }) => ids)).toHaveLength(100);
  expect(await tracker.close()).toEqual(await closing);
  expect(closed()).toBe(1);
});

it.each([Number.POSITIVE_INFINITY, 2 ** 31])(
  "flush and close given %d ms wait for what is under way",
  async (timeout) => {
    const { tracker } = stubTracker(() => sleep(30).then(() => delivered));
    await track(tracker, "1");
    expect(await tracker.flush({ timeout })).toMatchObject({ delivered: 1, pending: 0 });
    await track(tracker, "2");
    expect(await tracker.close({ timeout })).toMatchObject({ delivered: 2, pending: 0 });
  },
);

it("what is not sent in time is aborted and stays in the outbox, with no attempt counted", async () => {
  const { outbox } = watchedOutbox();
  const aborted: unknown[] = [];
  const { tracker } = stubTracker(() => delivered, {
    outbox,
    concurrency: 1,
    transport: (_, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted.push(signal.reason);
          reject(signal.reason);
        }),
      ),
  });
  const news = listen(tracker);
  for (let index = 0; index < 10; index++) await track(tracker, `${index}`);
  expect(await tracker.close({ timeout: 50 })).toEqual({ delivered: 0, dead: 0, dropped: 0, pending: 10 });
  expect(aborted).toHaveLength(1);
  expect(news).toEqual([]);
  // Put back before the outbox closes, and not left to the end of its lease.
  const { parcels } = await outbox.take("stub", 100);
  expect(parcels.map(({ id, attempts }) => [id, attempts])).toEqual(
    Array.from({ length: 10 }, (_, index) => [`${index}`, 0]),
  );
});

it("the next tracker on the same outbox sends what the last one left", async () => {
  const { outbox } = watchedOutbox();
  const first = stubTracker(() => retry, { outbox, backoff: { base: 30, cap: 30 } });
  await track(first.tracker, "1");
  await until(() => first.requests.length > 0);
  expect(await first.tracker.close({ timeout: 1 })).toMatchObject({ pending: 1 });
  const second = stubTracker(() => delivered, { outbox });
  await until(async () => (await second.tracker.flush()).delivered === 1);
  await second.tracker.close();
});

it("an outage kills nothing, however often the tracker is started anew meanwhile", async () => {
  const { outbox } = watchedOutbox();
  await outbox.add([stubParcel("1")]);
  for (let runs = 0; runs < 5; runs++) {
    const { tracker, requests } = stubTracker(() => retry, { outbox, maxAttempts: 3, backoff: { base: 1, cap: 1 } });
    await until(() => requests.length > 0);
    expect(await tracker.close({ timeout: 1 })).toMatchObject({ dead: 0, pending: 1 });
  }
  const { tracker } = stubTracker(() => delivered, { outbox });
  expect(await tracker.close()).toMatchObject({ delivered: 1, pending: 0 });
});

it("close does not wait for a destination that is paused", async () => {
  const { tracker } = stubTracker(() => ({ kind: "pause", detail: "", for: 60_000 }));
  await track(tracker, "1");
  await tracker.flush();
  const before = performance.now();
  expect(await tracker.close({ timeout: 40_000 })).toMatchObject({ pending: 1 });
  expect(performance.now() - before).toBeLessThan(20_000);
});

it("an outbox that fails delays, and does not stop, the delivery", async () => {
  const { outbox } = watchedOutbox();
  let isBroken = true;
  const failing: Outbox = {
    ...outbox,
    take: async (...args) => {
      if (isBroken) throw new Error("disk");
      return outbox.take(...args);
    },
  };
  const { tracker, requests } = stubTracker(() => delivered, { outbox: failing });
  await track(tracker, "1");
  await sleep(20);
  expect(requests).toEqual([]);
  isBroken = false;
  await until(() => requests.length === 1);
  await tracker.close();
});

it("a settlement that the outbox did not take is no second dead letter, and no crash", async () => {
  let fails = 1;
  const outbox = memoryOutbox({ lease: 50 });
  const { tracker, requests } = stubTracker(() => delivered, {
    outbox: {
      ...outbox,
      settle: async (settlements) => {
        if (fails-- > 0) throw new Error("disk");
        await outbox.settle(settlements);
      },
    },
  });
  await track(tracker, "1");
  // The lease runs out, and the vendor knows the event by its id.
  await until(async () => (await tracker.flush()).pending === 0);
  expect(requests.map(({ ids }) => ids)).toEqual([["1"], ["1"]]);
  await tracker.close();
});

it("what could not be put back comes back when its lease is over", async () => {
  let fails = 0;
  let isLimited = true;
  const outbox = memoryOutbox({ lease: 60 });
  const { tracker, requests } = stubTracker(
    () => {
      if (!isLimited) return delivered;
      isLimited = false;
      // The next settlement is of what was taken and waits behind this one.
      fails = 2;
      return { kind: "pause", detail: "", for: 30 };
    },
    {
      concurrency: 1,
      destinations: [
        stubDestination("stub", { build: ({ id }) => ({ body: { group: id, body: JSON.stringify(id) }, issues: [] }) }),
      ],
      outbox: {
        ...outbox,
        settle: async (settlements) => {
          if (fails-- > 0) throw new Error("disk");
          await outbox.settle(settlements);
        },
      },
    },
  );
  await Promise.all(["1", "2", "3"].map((id) => track(tracker, id)));
  await until(async () => (await tracker.flush()).pending === 0);
  expect(new Set(requests.flatMap(({ ids }) => ids))).toEqual(new Set(["1", "2", "3"]));
  await tracker.close();
});

it("the parts of a batch that is taken apart are settled as they become known", async () => {
  const outbox = memoryOutbox();
  let answer = () => {};
  const { tracker, requests } = stubTracker(
    (ids) => {
      if (ids.length > 1) return refused;
      // The last one's answer takes long.
      return ids[0] === "4" ? new Promise((resolve) => (answer = () => resolve(delivered))) : refused;
    },
    { outbox, concurrency: 1 },
  );
  // All in one request.
  await outbox.add(["1", "2", "3", "4"].map(stubParcel));
  const flushed = tracker.flush();
  await until(() => requests.at(-1)?.ids[0] === "4");
  expect(await outbox.waiting()).toBe(1);
  expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["1", "2", "3"]);
  answer();
  expect(await flushed).toMatchObject({ delivered: 1, dead: 3, pending: 0 });
  await tracker.close();
});

it("flush and close wait for a retry that is due within their time", async () => {
  let fails = 1;
  const { tracker, requests } = stubTracker(() => (fails-- > 0 ? retry : delivered), {
    backoff: { base: 200, cap: 200 },
    random: () => 1,
  });
  await track(tracker, "1");
  await until(() => requests.length === 1);
  expect(await tracker.flush()).toMatchObject({ delivered: 1, pending: 0 });
  fails = 1;
  await track(tracker, "2");
  expect(await tracker.close()).toMatchObject({ delivered: 2, pending: 0 });
  expect(requests.map(({ ids }) => ids)).toEqual([["1"], ["1"], ["2"], ["2"]]);
});

it("flush ends after its time, and before it where nothing is due until then", async () => {
  const { tracker, requests } = stubTracker(() => retry, { backoff: { base: 60_000, cap: 60_000 }, random: () => 1 });
  await track(tracker, "1");
  const before = performance.now();
  expect(await tracker.flush({ timeout: 40_000 })).toMatchObject({ pending: 1 });
  expect(performance.now() - before).toBeLessThan(20_000);
  expect(requests).toHaveLength(1);
  expect(await tracker.flush({ timeout: 1 })).toMatchObject({ pending: 1 });
  await tracker.close({ timeout: 1 });
});

it.each([
  ["rejects", () => Promise.reject(new Error("gone"))],
  ["says nothing", () => new Promise<never>(() => undefined)],
])(
  "flush and close end in their time when an outbox that is asked what waits %s, and own up to it",
  async (_, fails) => {
    using time = virtualTime();
    const now = () => 1_800_000_000_000 + time.elapsed();
    const { outbox, closed } = watchedOutbox();
    const { tracker } = stubTracker(() => time.sleep(60_000).then(() => delivered), {
      now,
      elapsed: time.elapsed,
      outbox: { ...outbox, take: fails, waiting: fails },
    });
    await track(tracker, "1");
    const flushed = tracker.flush({ timeout: 5_000 });
    await time.pass(6_000);
    expect(await flushed).toMatchObject({ delivered: 0, pending: 1 });
    const ended = tracker.close({ timeout: 5_000 });
    await time.pass(7_000);
    expect(closed()).toBe(1);
    expect(await ended).toMatchObject({ delivered: 0, pending: 1 });
  },
);

it.each([2 ** 31, Infinity])("flush and close wait for as long as it takes, with a timeout of %d", async (timeout) => {
  using time = virtualTime();
  const now = () => 1_800_000_000_000 + time.elapsed();
  const { tracker } = stubTracker(() => time.sleep(1_000).then(() => delivered), {
    now,
    elapsed: time.elapsed,
    outbox: memoryOutbox({ now }),
  });
  await track(tracker, "1");
  const flushed = tracker.flush({ timeout });
  await time.pass(60_000);
  expect(await flushed).toMatchObject({ delivered: 1, pending: 0 });
  await track(tracker, "2");
  const closed = tracker.close({ timeout });
  await time.pass(60_000);
  expect(await closed).toMatchObject({ delivered: 2, pending: 0 });
});

it("what somebody else puts into the outbox is found, also when nothing was due", async () => {
  const { outbox } = watchedOutbox();
  let time = 0;
  const timers = vi.spyOn(globalThis, "setTimeout");
  const { tracker, requests } = stubTracker(() => delivered, { outbox, elapsed: () => time });
  await tracker.flush();
  await outbox.add([stubParcel("9")]);
  // The pump's own timer, rung early.
  const rings = timers.mock.calls.filter(([, wait]) => wait === 60_000).map(([ring]) => ring);
  expect(rings.length).toBeGreaterThan(0);
  time += 60_000;
  rings.at(-1)?.();
  await until(() => requests.length === 1);
  timers.mockRestore();
  await tracker.close();
});
