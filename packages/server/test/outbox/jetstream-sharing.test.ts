import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { it } from "vitest";
import type { LeasedParcel, Outbox, Settlement } from "../../src/index.js";
import { startTaker } from "./jetstream-taker.js";
import { soon, takeUntil } from "./jetstream-taking.js";
import { describeNats, type Nats } from "./nats.js";
import { parcel } from "./parcel.js";

const many = (count: number, prefix = "") => Array.from({ length: count }, (_, index) => parcel(`${prefix}${index}`));
const idsOf = (parcels: readonly LeasedParcel[]) => parcels.map(({ id }) => id);
const delivered = (parcels: readonly LeasedParcel[]) =>
  parcels.map(({ key }): Settlement => ({ key, outcome: "delivered" }));

/** Takes and keeps until it had as many different ones: a lease may run out meanwhile. */
async function takeDifferent(outbox: Outbox, count: number): Promise<LeasedParcel[]> {
  const taken: LeasedParcel[] = [];
  while (new Set(idsOf(taken)).size < count) {
    taken.push(...(await outbox.take("d", count)).parcels);
    await sleep(50);
  }
  return taken;
}

/** Messages in a stream of the outbox with this prefix. */
async function messagesIn(nats: Nats, stream: string): Promise<number> {
  const connection = await connect({ servers: nats.urls });
  const { state } = await (await jetstreamManager(connection)).streams.info(stream);
  await connection.close();
  return state.messages;
}

describeNats("processes that share a jetstreamOutbox", { servers: 1, concurrent: true }, (nats) => {
  const open = (options = {}) => {
    const prefix = nats.prefix();
    return [nats.open({ prefix, ...options }), nats.open({ prefix, ...options })] as const;
  };

  it("put what is added at the same time into few messages", async ({ expect }) => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix });
    await Promise.all(many(1_000).map((one) => outbox.add([one])));
    expect(await outbox.waiting()).toBe(1_000);
    expect(await messagesIn(nats, `${prefix}_new`)).toBeLessThanOrEqual(10);
    expect(new Set(idsOf(await takeUntil(outbox, 1_000))).size).toBe(1_000);
  });

  it("each get parcels of their own, and all of them together", async ({ expect }) => {
    const prefix = nats.prefix();
    const first = nats.open({ prefix });
    const workers = Array.from({ length: 3 }, () => nats.open({ prefix }));
    await Promise.all(many(100).map(({ id }) => first.add(many(20, `${id}-`))));
    const given: string[] = [];
    const held = new Set<string>();
    await Promise.all(
      workers.map(async (worker) => {
        for (;;) {
          const { parcels } = await worker.take("d", 70);
          if (parcels.length === 0) return;
          for (const id of idsOf(parcels)) {
            expect(held.has(id)).toBe(false);
            held.add(id);
            given.push(id);
          }
          await sleep(5);
          for (const id of idsOf(parcels)) held.delete(id);
          await worker.settle(delivered(parcels));
        }
      }),
    );
    expect(given.length).toBe(2_000);
    expect(new Set(given).size).toBe(2_000);
    await expect.poll(() => first.waiting(), soon).toBe(0);
  });

  it("settle a message of many parcels one by one: delivered, tried again, dead", async ({ expect }) => {
    const prefix = nats.prefix();
    const [outbox, other] = [nats.open({ prefix }), nats.open({ prefix })];
    await outbox.add([...many(3), parcel("4", { group: "g", time: 4 })]);
    expect(await messagesIn(nats, `${prefix}_new`)).toBe(1);
    const [a, b, c, d] = await takeUntil(outbox, 4);
    await outbox.settle(delivered(a ? [a] : []));
    expect(await messagesIn(nats, `${prefix}_new`)).toBe(1);
    await outbox.settle([
      { key: b?.key ?? "", outcome: "retry", at: Date.now() + 300, counted: true },
      { key: c?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" },
      { key: d?.key ?? "", outcome: "retry", at: Date.now() + 300, counted: false },
    ]);
    await expect.poll(() => outbox.waiting(), soon).toBe(2);
    expect(await outbox.deadLetters()).toMatchObject([{ id: "2", reason: "refused", detail: "code 100" }]);
    await expect.poll(() => messagesIn(nats, `${prefix}_new`), soon).toBe(0);
    const back = await takeUntil(other, 2);
    expect(back).toMatchObject([
      { ...parcel("1"), attempts: 1 },
      { ...parcel("4", { group: "g", time: 4 }), attempts: 0 },
    ]);
    await other.settle(delivered(back));
    await expect.poll(() => other.waiting(), soon).toBe(0);
  });

  it("get what a process had that was killed, when its lease is over", async ({ expect }) => {
    const prefix = nats.prefix();
    const lease = 1_000;
    const outbox = nats.open({ prefix, lease });
    await outbox.add(many(300));
    const taker = await startTaker({ servers: nats.urls, prefix, lease, most: 120 });
    expect(taker.ids.length).toBe(120);
    await taker.kill();
    const taken = await takeDifferent(outbox, 300);
    await outbox.settle(delivered(taken));
    await expect.poll(() => outbox.waiting(), soon).toBe(0);
  });

  it("lose nothing of a message that was settled in part by a process that died, and repeat it under the same ids", async ({
    expect,
  }) => {
    const prefix = nats.prefix();
    const lease = 1_000;
    const connection = await connect({ servers: nats.urls });
    const dying = nats.open({ prefix, lease, connection });
    const outbox = nats.open({ prefix, lease });
    await outbox.add(many(3));
    const [a, b] = await takeUntil(dying, 3);
    await dying.settle([
      { key: a?.key ?? "", outcome: "delivered" },
      { key: b?.key ?? "", outcome: "retry", at: Date.now(), counted: true },
    ]);
    await connection.close();
    // The parcel that went back is there at once, and once more with its old message when the lease is over.
    const first = await takeUntil(outbox, 1);
    expect(first).toMatchObject([{ id: "1", attempts: 1 }]);
    await outbox.settle(delivered(first));
    const rest = await takeUntil(outbox, 3);
    expect(idsOf(rest).sort()).toEqual(["0", "1", "2"]);
    await outbox.settle(delivered(rest));
    await expect.poll(() => outbox.waiting(), soon).toBe(0);
  });

  it("are given what another process took and does not ask for, without what that has settled", async ({ expect }) => {
    const [one, other] = open({ lease: 4_000 });
    await one.add(many(10));
    await one.settle(delivered(await takeUntil(one, 1)));
    const rest = await takeUntil(other, 9);
    expect(idsOf(rest).sort()).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    await other.settle(delivered(rest));
    await expect.poll(() => other.waiting(), soon).toBe(0);
  });

  it("get at once what another has when it closes, without what that has settled", async ({ expect }) => {
    const [one, other] = open();
    await one.add(many(3));
    await one.settle(delivered(await takeUntil(one, 1)));
    await one.add(many(3, "whole "));
    await takeUntil(one, 3);
    await one.close();
    const rest = await takeUntil(other, 5);
    expect(idsOf(rest).sort()).toEqual(["1", "2", "whole 0", "whole 1", "whole 2"]);
    await other.settle(delivered(rest));
    await expect.poll(() => other.waiting(), soon).toBe(0);
  });

  it("leave a message with a process that settles it slowly", async ({ expect }) => {
    const [slow, other] = open({ lease: 3_000 });
    await slow.add(many(10));
    for (const one of await takeUntil(slow, 10)) {
      await sleep(500);
      await slow.settle(delivered([one]));
      expect((await other.take("d", 10)).parcels).toEqual([]);
    }
    await expect.poll(() => other.waiting(), soon).toBe(0);
  });

  it("go by the lease that one of them was given, also those that run already", async ({ expect }) => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix });
    const leaseOf = async (id: string) => {
      await outbox.add([parcel(id)]);
      await takeUntil(outbox, 1);
      const { nextDueAt = Number.NaN } = await outbox.take("d", 1);
      return nextDueAt - Date.now();
    };
    expect(await leaseOf("first")).toBeGreaterThan(200_000);
    await nats.open({ prefix, lease: 3_000 }).take("d", 1);
    for (let number = 0; (await leaseOf(`${number}`)) > 3_000; number++) await sleep(100);
  });

  it("recognise a batch that comes again by another process, when it comes alone", async ({ expect }) => {
    const [one, other] = open();
    const batch = [parcel("1"), parcel("2"), parcel("1", { destination: "other" })];
    expect(await one.add(batch)).toEqual(["added", "added", "added"]);
    expect(await other.add(batch)).toEqual(["duplicate", "duplicate", "duplicate"]);
    expect(await other.waiting()).toBe(3);
  });

  it("keep one of all the parcels with a text of `once`", async ({ expect }) => {
    const outboxes = open();
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        outboxes[index % 2]?.add([parcel(`${index}`, { name: "Install", once: "device" })]),
      ),
    );
    expect(outcomes.flat().filter((outcome) => outcome === "added").length).toBe(1);
    expect(await outboxes[0].waiting()).toBe(1);
  });

  it("hear at once of what another puts in", async ({ expect }) => {
    const [one, other] = open();
    await other.take("d", 1);
    const heard = Promise.withResolvers<void>();
    const end = other.watch?.(heard.resolve);
    await one.add([parcel("1")]);
    await heard.promise;
    end?.();
    expect(idsOf(await takeUntil(other, 1))).toEqual(["1"]);
    const heardOfLast = Promise.withResolvers<void>();
    other.watch?.(heardOfLast.resolve);
    await one.add([parcel("2")]);
    await one.close();
    await heardOfLast.promise;
  });

  it("hold a destination together, until the latest end that any of them named", async ({ expect }) => {
    const prefix = nats.prefix();
    const [one, other] = [nats.open({ prefix }), nats.open({ prefix })];
    await one.add([parcel("1"), parcel("1", { destination: "Ö. *" })]);
    await other.take("nothing", 1);
    const until = Date.now() + 5_000;
    await one.pause?.("d", until);
    await other.pause?.("d", until - 1_000);
    for (const outbox of [one, other, nats.open({ prefix })]) {
      await expect.poll(async () => (await outbox.take("d", 1)).pausedUntil, soon).toBe(until);
    }
    expect(idsOf((await other.take("Ö. *", 1)).parcels)).toEqual(["1"]);
    expect(idsOf(await takeUntil(other, 1))).toEqual(["1"]);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });

  it("have sets in common, as large as they may be", async ({ expect }) => {
    const [one, other] = open();
    const set = "event names of app 1";
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).share?.(set, [`${index}`, "common"], 12)),
    );
    const [ofOne, ofOther] = await Promise.all([one.share?.(set, ["more"], 12), other.share?.(set, [], 12)]);
    expect(ofOne?.length).toBe(12);
    expect(ofOne).toEqual(ofOther);
    expect(ofOne).toContain("common");
    expect(await one.share?.("another set", ["1"], 12)).toEqual(["1"]);
  });
});
