import { describe, expect, it } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { toOnceKey } from "../../src/outbox/once-key.js";
import { type Clock, handTurned, limits, patientlyFor, type Time } from "./contract.js";
import { parcel } from "./parcel.js";

/**
 * What an outbox must do that can be moved, beside the contract of every outbox. `create` makes an
 * empty one with the limits that belong to the suite's time.
 */
export function describeMovableOutbox(
  name: string,
  create: (clock: Clock) => MovableOutbox | Promise<MovableOutbox>,
  time: Time = handTurned,
): void {
  const { window, lease, step, edge, isReal } = time;
  const { take, expectBetween } = patientlyFor(time);
  const open = async () => {
    const clock = time.clock();
    return { clock, outbox: await create(clock) };
  };
  const waiting = (id: string, attempts: number, dueAt: number, change = {}) => ({
    ...parcel(id, change),
    key: "of another outbox",
    attempts,
    dueAt,
  });
  const letter = (id: string, diedAt: number, change = {}) => ({
    ...parcel(id, change),
    key: "of another outbox",
    reason: "refused" as const,
    detail: `code ${id}`,
    diedAt,
  });
  const settleAll = (outbox: MovableOutbox, parcels: readonly { readonly key: string }[]) =>
    outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));

  describe(`${name}: what moving asks of an outbox`, { concurrent: isReal }, () => {
    it("lists the destinations of which something waits or is dead", async () => {
      const { outbox } = await open();
      expect(await outbox.destinations()).toEqual([]);
      await outbox.add([parcel("1", { destination: "tiktok" }), parcel("2", { destination: "meta" }), parcel("3")]);
      expect(await outbox.destinations()).toEqual(["d", "meta", "tiktok"]);
      const parcels = await take(outbox, 1, 1, "meta");
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason: "refused", detail: "" })));
      await settleAll(outbox, await take(outbox, 1, 1));
      expect(await outbox.destinations()).toEqual(["meta", "tiktok"]);
      await outbox.purge();
      expect(await outbox.destinations()).toEqual(["tiktok"]);
    });

    it("hands out what waits, whether due, held or neither, with its history", async () => {
      const { clock, outbox } = await open();
      await outbox.add(["1", "2", "3"].map((id) => parcel(id, { time: 5, group: "g" })));
      await outbox.add([parcel("4", { destination: "other" })]);
      const start = clock.time;
      const [first, second] = await take(outbox, 2, 2);
      const end = clock.time;
      const at = clock.time + 9_000_000;
      await outbox.settle([{ key: first?.key ?? "", outcome: "retry", at, counted: true }]);
      const all = [...(await outbox.takeAll("d", 10))].sort((a, b) => a.id.localeCompare(b.id));
      const like = (id: string, key?: string) => ({ ...parcel(id, { time: 5, group: "g" }), ...(key && { key }) });
      expect(all).toMatchObject([
        // Its key may be another one since it came back.
        { ...like("1"), attempts: 1 },
        { ...like("2", second?.key), attempts: 0 },
        { ...like("3"), attempts: 0, dueAt: 0 },
      ]);
      expect(all[0]?.dueAt).toBe(at);
      expectBetween(all[1]?.dueAt, start + lease, end + lease);
    });

    it("hands out everything, batch by batch, each leased and gone once settled", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: 7 }, (_, index) => parcel(`${index}`)));
      const ids: string[] = [];
      for (;;) {
        const parcels = await outbox.takeAll("d", 3);
        if (parcels.length === 0) break;
        expect(parcels.length).toBeLessThanOrEqual(3);
        const held = parcels.map(({ id }) => id);
        expect((await outbox.take("d", 10)).parcels.filter(({ id }) => held.includes(id))).toEqual([]);
        ids.push(...held);
        await settleAll(outbox, parcels);
      }
      expect(ids.sort()).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
      expect(await outbox.waiting()).toBe(0);
    });

    it("keeps attempts and due times of what it takes over, and gives what was never taken as its own", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("own", { time: 9 })]);
      const at = clock.time + 2 * step;
      const adopted = [waiting("later", 3, at, { time: 4 }), waiting("fresh", 0, 0), waiting("due", 2, clock.time - 5)];
      expect(await outbox.adopt(adopted)).toEqual(["added", "added", "added"]);
      expect(await outbox.waiting("d")).toBe(4);
      expect(await outbox.oldest("d")).toBe(9);
      const parcels = await take(outbox, 3);
      expect(parcels.map(({ id, attempts }) => [id, attempts])).toEqual([
        ["due", 2],
        ["own", 0],
        ["fresh", 0],
      ]);
      await settleAll(outbox, parcels);
      const later = await outbox.take("d", 10);
      expect(later.parcels).toEqual([]);
      expect(later.nextDueAt).toBe(at);
      expect(await outbox.oldest("d")).toBe(4);
      await clock.advance(at - clock.time);
      expect(await take(outbox, 1)).toMatchObject([{ ...parcel("later", { time: 4 }), attempts: 3 }]);
    });

    // A server's own clock is not set for a test.
    it.skipIf(isReal)(
      "gives what was taken or put off under a clock that was a year ahead, once it is right again",
      async () => {
        const { clock, outbox } = await open();
        const year = 365 * 86_400_000;
        clock.time += year;
        await outbox.add(["1", "2"].map((id) => parcel(id)));
        const [first] = await take(outbox, 2);
        await outbox.settle([{ key: first?.key ?? "", outcome: "retry", at: clock.time + step, counted: true }]);
        clock.time -= year;
        // However much is under way.
        await outbox.add([parcel("3")]);
        const ids: string[] = [];
        for (let turn = 0; turn < 3; turn++) ids.push(...(await outbox.take("d", 1)).parcels.map(({ id }) => id));
        expect(ids.sort()).toEqual(["1", "2", "3"]);
        expect(await outbox.take("d", 1)).toEqual({ parcels: [], nextDueAt: clock.time + lease });
      },
    );

    it("takes over no parcel that it has or had within the window", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const both = [waiting("1", 1, 5), waiting("2", 1, 5)];
      expect(await outbox.adopt(both)).toEqual(["duplicate", "added"]);
      await settleAll(outbox, await take(outbox, 2));
      await clock.advance(window - edge);
      expect(await outbox.adopt(both)).toEqual(["duplicate", "duplicate"]);
      expect(await outbox.add([parcel("2")])).toEqual(["duplicate"]);
      expect(await outbox.waiting()).toBe(0);
    });

    it("gives each parcel a key of its own, those that came from elsewhere too", async () => {
      const { clock, outbox } = await open();
      await outbox.adopt([waiting("1", 1, 5)]);
      const [first] = await take(outbox, 1, 1);
      await settleAll(outbox, [{ key: first?.key ?? "" }]);
      await outbox.adopt([waiting("2", 0, 0)]);
      await outbox.add([parcel("3")]);
      await outbox.adopt([waiting("4", 1, 5)]);
      const parcels = await take(outbox, 3);
      expect(parcels.map(({ id }) => id).sort()).toEqual(["2", "3", "4"]);
      expect(new Set([first?.key, ...parcels.map(({ key }) => key)]).size).toBe(4);
      // A late acknowledgement meets nothing.
      await settleAll(outbox, [{ key: first?.key ?? "" }]);
      await clock.advance(lease);
      expect((await take(outbox, 3)).length).toBe(3);
    });

    it("takes over all of a batch or nothing", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: limits.maxParcels - 1 }, (_, index) => parcel(`${index}`)));
      const two = [waiting("a", 1, 5), waiting("b", 0, 0)];
      await expect(outbox.adopt(two)).rejects.toMatchObject({ code: "outbox_full" });
      expect(await outbox.waiting()).toBe(limits.maxParcels - 1);
    });

    it("takes over dead letters as they are, after its own, as many as it keeps", async () => {
      const { outbox } = await open();
      await outbox.adoptDeadLetters([letter("1", 50), letter("2", 60, { destination: "other", expiresAt: Infinity })]);
      const letters = await outbox.deadLetters();
      expect(letters.map(({ key, ...rest }) => rest)).toEqual(
        [letter("1", 50), letter("2", 60, { destination: "other", expiresAt: Infinity })].map(
          ({ key, ...rest }) => rest,
        ),
      );
      expect(await outbox.deadLetters({ destination: "other" })).toMatchObject([{ id: "2" }]);
      await outbox.adoptDeadLetters(["3", "4", "5"].map((id) => letter(id, 70)));
      expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["2", "3", "4", "5"]);
      expect(await outbox.replay({ destination: "other" })).toBe(1);
      expect(await take(outbox, 1, 1, "other")).toMatchObject([{ id: "2", attempts: 0 }]);
    });

    it("drops dead letters up to one of them", async () => {
      const { outbox } = await open();
      await outbox.adoptDeadLetters([letter("1", 1), letter("2", 2, { destination: "other" }), letter("3", 3)]);
      const [, second] = await outbox.deadLetters();
      await outbox.dropDeadLetters(second?.key ?? "");
      expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["3"]);
      expect(await outbox.purge()).toBe(1);
    });

    it("hands on its register of once, and takes over another's", async () => {
      const { outbox } = await open();
      for (const id of ["1", "2", "3"]) await outbox.add([parcel(id, { once: `device ${id}` })]);
      const keys: string[] = [];
      for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
        const page = await outbox.onceKeys({ after, limit: 2 });
        expect(page.keys.length).toBeLessThanOrEqual(2);
        keys.push(...page.keys);
        after = page.next;
      }
      expect(keys.sort()).toEqual([1, 2, 3].map((number) => toOnceKey("d", `device ${number}`)).sort());
      await outbox.adoptOnceKeys([toOnceKey("d", "device 9"), toOnceKey("d", "device 2")]);
      expect(
        await outbox.add([
          parcel("a", { once: "device 9" }),
          parcel("b", { once: "device 2" }),
          parcel("c", { once: "device 9", destination: "other" }),
        ]),
      ).toEqual(["duplicate", "duplicate", "added"]);
    });
  });
}
