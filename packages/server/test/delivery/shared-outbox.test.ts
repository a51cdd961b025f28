import { describe, expect, it } from "vitest";
import { createTracker, memoryOutbox, metaAppEvents, type Outbox } from "../../src/index.js";
import { appContext, consent } from "../shop.js";
import { delivered, sleep, stubDestination, stubTransport, track, until } from "./stub.js";

/** What several processes would see of one outbox: its contents, arrivals, pauses and sets are the same for all. */
function sharedOutbox() {
  const kept = memoryOutbox();
  const watchers = new Set<() => void>();
  const pauses = new Map<string, number>();
  const sets = new Map<string, Set<string>>();
  const open = (): Outbox => ({
    ...kept,
    async add(parcels, options) {
      const outcomes = await kept.add(parcels, options);
      for (const listener of watchers) listener();
      return outcomes;
    },
    async take(destination, most) {
      const pausedUntil = pauses.get(destination) ?? 0;
      if (pausedUntil > Date.now()) return { parcels: [], nextDueAt: pausedUntil, pausedUntil };
      return kept.take(destination, most);
    },
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    async pause(destination, until) {
      pauses.set(destination, until);
    },
    async share(set, members, most) {
      const all = sets.get(set) ?? new Set();
      sets.set(set, all);
      for (const member of members) if (all.size < most) all.add(member);
      return [...all];
    },
    close: async () => undefined,
  });
  return { open, pauses };
}

describe("processes that share an outbox", () => {
  it("are collectors that send nothing, and workers that hear of what came", async () => {
    const { open } = sharedOutbox();
    const worker = stubTransport(() => delivered);
    const collector = stubTransport(() => delivered);
    const destinations = [stubDestination("stub")];
    await using delivering = createTracker({ destinations, outbox: open(), transport: worker.transport });
    await using taking = createTracker({
      destinations,
      outbox: open(),
      transport: collector.transport,
      deliver: false,
    });
    await sleep(20);
    expect((await track(taking, "1")).queued).toEqual(["stub"]);
    await until(() => worker.requests.length === 1);
    expect(worker.requests[0]?.ids).toEqual(["1"]);
    expect(await taking.flush()).toMatchObject({ delivered: 0 });
    expect((await taking.status()).destinations).toMatchObject([{ name: "stub", underWay: 0, failures: 0 }]);
    await delivering.flush();
    expect(collector.requests).toEqual([]);
  });

  it("hold a destination together that limits one of them", async () => {
    const { open, pauses } = sharedOutbox();
    const first = stubTransport(() => ({ kind: "pause", detail: "too fast", for: 60_000 }));
    const second = stubTransport(() => delivered);
    const destinations = [stubDestination("stub")];
    await using one = createTracker({ destinations, outbox: open(), transport: first.transport });
    await track(one, "1");
    await until(() => pauses.has("stub"));
    await using other = createTracker({ destinations, outbox: open(), transport: second.transport });
    await track(other, "2");
    await sleep(50);
    expect(second.requests).toEqual([]);
    const [status] = (await other.status()).destinations;
    expect(status?.pausedUntil).toBeGreaterThan(Date.now() + 50_000);
    await other.close({ timeout: 10 });
    await one.close({ timeout: 10 });
  });

  it("go on when the pause that another had is over", async () => {
    const { open, pauses } = sharedOutbox();
    pauses.set("stub", Date.now() + 80);
    const { transport, requests } = stubTransport(() => delivered);
    await using tracker = createTracker({
      destinations: [stubDestination("stub")],
      outbox: open(),
      transport,
      backoff: { base: 10, cap: 20 },
    });
    await track(tracker, "1");
    await until(() => requests.length === 1);
    expect(Date.now()).toBeGreaterThanOrEqual(pauses.get("stub") ?? 0);
  });

  it("count an app's 1,000 event names together", async () => {
    const { open } = sharedOutbox();
    const app = () =>
      createTracker({
        destinations: [metaAppEvents({ appId: "1", appSecret: "s", baseUrl: "http://127.0.0.1:9" })],
        outbox: open(),
        deliver: false,
      });
    await using one = app();
    await using other = app();
    const use = (tracker: typeof one, name: string) =>
      tracker.track(name as never, {} as never, { context: appContext(1), consent });
    for (let index = 0; index < 500; index++) {
      await use(one, `One${index}`);
      await use(other, `Other${index}`);
    }
    // With a new name of its own a process hears of the others' names: of the last one, only after this.
    expect((await use(one, "OneTooMany")).queued).toEqual(["meta-app"]);
    const late = [await use(one, "OneTooMany"), await use(other, "OneTooMany")];
    expect(late.flatMap(({ queued }) => queued)).toEqual([]);
    for (const { issues } of late)
      expect(issues).toMatchObject([{ severity: "error", code: "bad_name", path: "name" }]);
    const known = await use(one, "Other499");
    expect(known.queued).toEqual(["meta-app"]);
  });
});

describe("an outbox in no database of the app's", () => {
  it("refuses to be part of a transaction, and keeps nothing", async () => {
    const { transport, requests } = stubTransport(() => delivered);
    await using tracker = createTracker({ destinations: [stubDestination("stub")], transport });
    await expect(
      tracker.track("Contact", {}, { consent, context: { source: "web" }, transaction: { query: () => undefined } }),
    ).rejects.toMatchObject({ code: "invalid_option", message: expect.stringContaining("postgresOutbox") });
    expect(await tracker.flush()).toMatchObject({ pending: 0 });
    expect(requests).toEqual([]);
  });
});
