import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { memoryOutbox } from "../../src/index.js";
import { sqliteOutbox } from "../../src/sqlite/index.js";
import { delivered, listen, retry, sleep, stubTracker, track, until } from "./stub.js";

const hour = 3_600_000;
const day = 24 * hour;

/** A wall clock that can be set; the steady one goes on as it does. */
function settableClock() {
  let shift = 0;
  return { now: () => Date.now() + shift, set: (by: number) => (shift += by) };
}

describe("a wall clock that is set while events wait", () => {
  it.each([
    ["back an hour", -hour, "memory"],
    ["ahead an hour", hour, "memory"],
    ["back a year", -365 * day, "memory"],
    ["back an hour", -hour, "disk"],
  ])("%s: a retry is made when it would have been", async (_, by, kind) => {
    const clock = settableClock();
    const { now } = clock;
    const folder = await mkdtemp(join(tmpdir(), "beaconry-clocks-"));
    let isDown = true;
    const { tracker, requests } = stubTracker(() => (isDown ? retry : delivered), {
      now,
      outbox: kind === "disk" ? sqliteOutbox({ path: join(folder, "outbox.db"), now }) : memoryOutbox({ now }),
      backoff: { base: 300, cap: 300 },
      random: () => 1,
    });
    await using _tracker = tracker;
    await track(tracker, "1");
    await until(() => requests.length === 1);
    await sleep(20);
    isDown = false;
    clock.set(by);
    await until(() => requests.length === 2);
    const [first, second] = requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(290);
    expect(await tracker.flush()).toMatchObject({ delivered: 1, dead: 0, pending: 0 });
    await tracker.close();
    await rm(folder, { recursive: true });
  });

  it("back an hour, while the outbox does not answer: a retry is made when it would have been", async () => {
    const clock = settableClock();
    const outbox = memoryOutbox({ now: clock.now });
    let settled = 0;
    const { tracker, requests } = stubTracker((_ids, _host, count) => (count === 1 ? retry : delivered), {
      now: clock.now,
      outbox: {
        ...outbox,
        settle: async (settlements) => {
          settled++;
          // The new due times.
          if (settled === 2) throw new Error("disk");
          await outbox.settle(settlements);
          if (settled === 1) clock.set(-hour);
        },
      },
      backoff: { base: 100, cap: 100 },
      random: () => 1,
    });
    await using _tracker = tracker;
    await track(tracker, "1");
    await until(() => requests.length === 2);
  });

  it("ahead a year: nothing is too old at once, and nothing storms a vendor that asked to wait", async () => {
    const clock = settableClock();
    let isLimited = true;
    let steady = 0;
    const { tracker, requests } = stubTracker(
      () => (isLimited ? { kind: "pause", detail: "limit", for: 60_000 } : delivered),
      { now: clock.now, elapsed: () => steady, outbox: memoryOutbox({ now: clock.now }) },
    );
    await using _tracker = tracker;
    await track(tracker, "1");
    await until(() => requests.length === 1);
    isLimited = false;
    clock.set(365 * day);
    for (let index = 2; index < 50; index++) await track(tracker, `${index}`);
    await sleep(20);
    expect(requests).toHaveLength(1);
    steady += 61_000;
    await track(tracker, "50");
    await until(async () => (await tracker.flush()).pending === 0);
    expect(await tracker.flush()).toMatchObject({ delivered: 50, dead: 0 });
    // One alone to try, then the rest.
    expect(requests.length).toBeLessThanOrEqual(4);
  });

  it("ahead beyond the lease: what is under way is not sent a second time", async () => {
    const clock = settableClock();
    const { tracker, requests } = stubTracker(() => sleep(200).then(() => delivered), {
      now: clock.now,
      outbox: memoryOutbox({ now: clock.now }),
    });
    await using _tracker = tracker;
    await track(tracker, "1");
    await until(() => requests.length === 1);
    clock.set(hour);
    await track(tracker, "2");
    await tracker.flush();
    expect(requests.map(({ ids }) => ids)).toEqual([["1"], ["2"]]);
  });

  it("by both clocks too old is too old", async () => {
    const clock = settableClock();
    let steady = 0;
    const { tracker, requests } = stubTracker(() => delivered, {
      now: clock.now,
      elapsed: () => steady,
      outbox: memoryOutbox({ now: clock.now }),
    });
    await using _tracker = tracker;
    const news = listen(tracker);
    const time = clock.now();
    clock.set(8 * day);
    steady = 8 * day;
    await tracker.track("Contact", {}, { id: "old", time, consent: { advertising: true }, context: { source: "web" } });
    await tracker.flush();
    expect(requests).toEqual([]);
    expect(news.map(([kind, one]) => [kind, one])).toEqual([
      ["dead", expect.objectContaining({ id: "old", reason: "expired" })],
    ]);
  });
});
