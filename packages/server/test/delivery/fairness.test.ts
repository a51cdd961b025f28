import { describe, expect, it } from "vitest";
import { seeded } from "../../drill/seeded.mjs";
import { createTracker, memoryOutbox, metaAppEvents } from "../../src/index.js";
import { appContext, consent } from "../shop.js";
import {
  delivered,
  listen,
  retry,
  sleep,
  stubDestination,
  stubParcel,
  stubTracker,
  stubTransport,
  track,
  until,
} from "./stub.js";
import { virtualTime } from "./virtual-time.js";

describe("one destination does not hold up another", () => {
  it("neither one that does not answer, nor one that limits, nor one that is down", async () => {
    const { transport, requests } = stubTransport((_, host) => {
      if (host === "hung") return new Promise(() => undefined);
      if (host === "limited") return { kind: "pause", detail: "", for: 60_000 };
      return host === "down" ? retry : delivered;
    });
    const names = ["hung", "limited", "down", "healthy"];
    const tracker = createTracker({
      destinations: names.map((name) => stubDestination(name)),
      transport: (request, signal) =>
        Promise.race([
          transport(request, signal),
          new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        ]),
      backoff: { base: 60_000, cap: 60_000 },
      random: () => 1,
    });
    const taken: string[] = [];
    tracker.on("delivered", ({ destination, id }) => taken.push(`${destination} ${id}`));
    for (let index = 0; index < 500; index++) {
      await track(tracker, `${index}`);
      if (index % 100 === 0) await sleep(5);
    }
    await until(() => taken.length >= 500);
    expect(taken.toSorted()).toEqual(Array.from({ length: 500 }, (_, index) => `healthy ${index}`).toSorted());
    const counts = Object.groupBy(requests, ({ host }) => host);
    expect(counts.limited).toHaveLength(1);
    // At most as many as go at once, and one more that shows that it was no accident.
    expect(counts.hung?.length).toBeLessThanOrEqual(4);
    expect(counts.down?.length).toBeLessThanOrEqual(8);
    expect(await tracker.close({ timeout: 20 })).toMatchObject({ delivered: 500, dead: 0, pending: 1_500 });
  });

  it("nor one event, on which a vendor's server breaks, the others of its destination", async () => {
    const { tracker, requests } = stubTracker((ids) => (ids.includes("poison") ? retry : delivered), {
      backoff: { base: 20, cap: 200 },
      maxAttempts: 6,
      concurrency: 2,
    });
    const dead: string[] = [];
    tracker.on("dead", ({ id, reason }) => dead.push(`${id} ${reason}`));
    await track(tracker, "poison");
    for (let index = 0; index < 100; index++) {
      await track(tracker, `${index}`);
      await sleep(5);
    }
    await until(async () => (await tracker.flush()).pending === 0);
    expect(dead).toEqual(["poison attempts"]);
    // Alone at the last.
    expect(requests.findLast(({ ids }) => ids.includes("poison"))?.ids).toEqual(["poison"]);
    await tracker.close();
  });

  it("nor that one event those that share its request, when nothing else comes", async () => {
    const outbox = memoryOutbox();
    const { tracker } = stubTracker((ids) => (ids.includes("poison") ? retry : delivered), { outbox });
    await outbox.add(["1", "poison", "2"].map(stubParcel));
    await until(async () => (await tracker.flush({ timeout: 50 })).delivered === 2);
    await tracker.close({ timeout: 1 });
  });

  it("and it dies though all that got through was under way beside it", async () => {
    const outbox = memoryOutbox();
    const poisonAlone = Promise.withResolvers<void>();
    const { tracker, requests } = stubTracker(
      async (ids) => {
        if (ids.length === 1 && ids[0] === "poison") poisonAlone.resolve();
        if (ids.includes("poison")) return retry;
        await poisonAlone.promise;
        return delivered;
      },
      { outbox, maxAttempts: 2, random: () => 1 },
    );
    await outbox.add(["1", "2", "poison"].map(stubParcel));
    expect(await tracker.flush({ timeout: 5_000 })).toMatchObject({ delivered: 2, dead: 1, pending: 0 });
    expect(await tracker.deadLetters()).toMatchObject([{ id: "poison", reason: "attempts" }]);
    expect(requests.map(({ ids }) => ids)).toEqual([["1", "2", "poison"], ["1"], ["2"], ["poison"], ["poison"]]);
    await tracker.close();
  });

  it("nor many such events those that come after them, each in a request of its own", async () => {
    const { tracker, requests } = stubTracker((ids) => (ids[0]?.startsWith("poison") ? retry : delivered), {
      destinations: [
        stubDestination("stub", {
          maxBatch: 1,
          build: ({ id }) => ({ body: { group: id, body: JSON.stringify(id) }, issues: [] }),
        }),
      ],
      maxAttempts: 5,
      // What failed is due again when the destination may be asked again.
      random: () => 1,
    });
    const count = 10;
    for (let index = 0; index < count; index++) await track(tracker, `poison ${index}`);
    await until(() => requests.length > count);
    for (let index = 0; index < count; index++) await track(tracker, `${index}`);
    await until(async () => (await tracker.flush({ timeout: 1 })).delivered === count);
    await tracker.close({ timeout: 1 });
  });

  it("nor those of one group, which the vendor makes wait, those of another", async () => {
    const outbox = memoryOutbox();
    const { tracker, requests } = stubTracker(
      (ids) => (ids[0]?.startsWith("app") ? { kind: "pause", detail: "no permission", for: 50 } : delivered),
      { outbox, random: () => 1 },
    );
    const parcel = (group: string, index: number) => ({ ...stubParcel(`${group} ${index}`), group });
    // More than fit into a request, and before the others.
    await outbox.add(Array.from({ length: 1_500 }, (_, index) => parcel("app", index)));
    await until(() => requests.length > 0);
    await outbox.add(Array.from({ length: 1_500 }, (_, index) => parcel("web", index)));
    await until(async () => (await tracker.flush({ timeout: 1 })).delivered === 1_500);
    expect(await tracker.close({ timeout: 1 })).toMatchObject({ dead: 0, pending: 1_500 });
  });

  it("nor, after the first times, for as long as that group waits", async () => {
    using time = virtualTime();
    const now = () => 1_800_000_000_000 + time.elapsed();
    const outbox = memoryOutbox({ now });
    const minute = 60_000;
    const { tracker } = stubTracker(
      (ids) => (ids[0]?.startsWith("app") ? { kind: "pause", detail: "no permission", for: 5 * minute } : delivered),
      { outbox, now, elapsed: time.elapsed, random: () => 0.5 },
    );
    const news = listen(tracker);
    let count = 0;
    const add = (group: string, parcels: number) =>
      outbox.add(
        Array.from({ length: parcels }, () => ({ ...stubParcel(`${group} ${++count}`), expiresAt: Infinity, group })),
      );
    const deliveries = () => news.filter(([kind]) => kind === "delivered").length;
    await add("app", 3_000);
    await add("web", 10_000);
    expect(await time.pass(60 * minute, () => deliveries() === 10_000)).toBe(true);
    const { length } = news;
    for (let index = 1; index <= 30; index++) {
      await add("app", 1);
      await add("web", 1);
      // A minute is the longest sleep of a delivery that nobody wakes.
      await time.pass(minute);
      expect(deliveries()).toBe(10_000 + index);
    }
    const later = news.slice(length);
    expect(later.filter(([kind]) => kind === "paused")).toEqual([]);
    expect(later).toContainEqual(["retrying", expect.objectContaining({ detail: "no permission" })]);
    const closed = tracker.close({ timeout: 1 });
    await time.pass(minute);
    expect(await closed).toMatchObject({ dead: 0, pending: 3_030 });
  });

  it("while a limit that lets one request a minute through is met by no more than go at once, whatever their groups", async () => {
    using time = virtualTime();
    const now = () => 1_800_000_000_000 + time.elapsed();
    const outbox = memoryOutbox({ now });
    const minute = 60_000;
    let last = 0;
    const { tracker, requests } = stubTracker(
      async () => {
        await time.sleep(50);
        if (time.elapsed() < last + minute) return { kind: "pause", detail: "limit", for: minute };
        last = time.elapsed();
        return delivered;
      },
      { outbox, now, elapsed: time.elapsed, concurrency: 32 },
    );
    await outbox.add(
      Array.from({ length: 1_000 }, (_, device) => ({
        ...stubParcel(`${device}`),
        expiresAt: Infinity,
        group: `${device}`,
      })),
    );
    await time.pass(60 * minute);
    expect(requests.length).toBeGreaterThan(60);
    expect(requests.length).toBeLessThan(60 * 34);
    const closed = tracker.close({ timeout: 1 });
    await time.pass(minute);
    expect(await closed).toMatchObject({ dead: 0 });
  });

  it("nor does a vendor kill any that answers one request in five for an hour", async () => {
    using time = virtualTime();
    const now = () => 1_800_000_000_000 + time.elapsed();
    const outbox = memoryOutbox({ now });
    const random = seeded(1);
    const hour = 3_600_000;
    const count = 2_000;
    const { tracker, requests } = stubTracker(
      async () => {
        await time.sleep(random() * 1_000);
        return time.elapsed() < hour && random() < 0.8 ? retry : delivered;
      },
      { outbox, now, elapsed: time.elapsed, random, concurrency: 32, backoff: { base: 1_000, cap: 300_000 } },
    );
    await outbox.add(
      Array.from({ length: count }, (_, device) => ({
        ...stubParcel(`${device}`),
        expiresAt: Infinity,
        group: `${device}`,
      })),
    );
    await time.pass(2 * hour);
    const closed = tracker.close({ timeout: 1 });
    await time.pass(10_000);
    expect(await closed).toMatchObject({ delivered: count, dead: 0, pending: 0 });
    // Most of them wait until it is well.
    expect(requests.length).toBeLessThan(2 * count);
  });

  it.each([
    [undefined, 32],
    [7, 7],
  ])("App Events go %s at once where %i are wished, one device each", async (concurrency, most) => {
    let underWay = 0;
    let peak = 0;
    await using tracker = createTracker({
      destinations: [metaAppEvents({ appId: "1", appSecret: "s", ...(concurrency && { concurrency }) })],
      transport: async () => {
        underWay++;
        peak = Math.max(peak, underWay);
        await sleep(5);
        underWay--;
        return { status: 200, headers: new Headers(), body: '{"success":true}' };
      },
    });
    await Promise.all(
      Array.from({ length: 150 }, (_, device) =>
        tracker.track("ActivateApp", {}, { context: appContext(device, "168.212.226.1"), consent }),
      ),
    );
    expect(await tracker.flush()).toMatchObject({ delivered: 150, pending: 0 });
    expect(peak).toBe(most);
  });
});
