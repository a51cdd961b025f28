import { describe, expect, it } from "vitest";
import type { Outbox, Parcel } from "../../src/index.js";

/** A clock that tests turn by hand. */
export interface Clock {
  time: number;
}

export const window = 3_600_000;
export const lease = 60_000;

/** A parcel of one destination. */
export function parcel(id: string, change: Partial<Parcel> = {}): Parcel {
  return {
    destination: "d",
    name: "Purchase",
    id,
    time: 0,
    expiresAt: 1e15,
    group: "",
    body: `{"id":"${id}"}`,
    ...change,
  };
}

/** What every outbox must do. `create` makes an empty one of at most ten parcels, with the window and lease above. */
export function describeOutbox(name: string, create: (clock: Clock) => Outbox | Promise<Outbox>): void {
  const open = async () => {
    const clock = { time: 1_000_000 };
    return { clock, outbox: await create(clock) };
  };
  const ids = async (outbox: Outbox, most = 10, destination = "d") =>
    (await outbox.take(destination, most)).parcels.map(({ id }) => id);

  describe(`${name}: the outbox contract`, () => {
    it("gives parcels of one destination, oldest first, with all that was put in", async () => {
      const { outbox } = await open();
      const first = parcel("1", { time: 5, expiresAt: 9e14, group: "g" });
      await outbox.add([first, parcel("2", { destination: "other" }), parcel("3")]);
      const { parcels } = await outbox.take("d", 10);
      expect(parcels.map(({ id }) => id)).toEqual(["1", "3"]);
      expect(parcels[0]).toMatchObject({ ...first, attempts: 0 });
      expect(await outbox.waiting()).toBe(3);
      expect(await outbox.waiting("d")).toBe(2);
    });

    it("gives a leased parcel to nobody else until the lease is over", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      expect(await ids(outbox, 1)).toEqual(["1"]);
      expect(await ids(outbox)).toEqual(["2"]);
      const { parcels, nextDueAt } = await outbox.take("d", 10);
      expect(parcels).toEqual([]);
      expect(nextDueAt).toBe(clock.time + lease);
      clock.time += lease;
      expect((await ids(outbox)).sort()).toEqual(["1", "2"]);
    });

    it("forgets what was delivered, and counts it no more", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = (await outbox.take("d", 1)).parcels;
      await outbox.settle([{ key: taken?.key ?? "", outcome: "delivered" }]);
      clock.time += lease * 2;
      expect(await ids(outbox)).toEqual([]);
      expect(await outbox.waiting()).toBe(0);
    });

    it("brings a retry back at its time, and counts attempts only where asked to", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      const [first, second] = (await outbox.take("d", 2)).parcels;
      const at = clock.time + 500;
      await outbox.settle([
        { key: first?.key ?? "", outcome: "retry", at, counted: true },
        { key: second?.key ?? "", outcome: "retry", at: at + 500, counted: false },
      ]);
      expect(await outbox.take("d", 2)).toEqual({ parcels: [], nextDueAt: at });
      clock.time = at;
      expect((await outbox.take("d", 2)).parcels).toMatchObject([{ id: "1", attempts: 1 }]);
      clock.time = at + 500;
      expect((await outbox.take("d", 2)).parcels).toMatchObject([{ id: "2", attempts: 0 }]);
    });

    it("keeps dead letters with the vendor's words", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = (await outbox.take("d", 1)).parcels;
      await outbox.settle([{ key: taken?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" }]);
      expect(await outbox.waiting()).toBe(0);
      expect(await outbox.deadLetters()).toEqual([
        { ...parcel("1"), reason: "refused", detail: "code 100", diedAt: clock.time },
      ]);
    });

    it("stores the same destination, name and id once within the window, also when it is delivered already", async () => {
      const { clock, outbox } = await open();
      expect(await outbox.add([parcel("1"), parcel("1"), parcel("1", { name: "Contact" })])).toEqual([
        "added",
        "duplicate",
        "added",
      ]);
      expect(await outbox.add([parcel("1", { destination: "other" }), parcel("1")])).toEqual(["added", "duplicate"]);
      const { parcels } = await outbox.take("d", 10);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      clock.time += window - 1;
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      clock.time += 1;
      expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    });

    it("never takes the same parcel twice while it waits, however long", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      clock.time += window * 3;
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      expect(await outbox.waiting()).toBe(1);
    });

    it("refuses a whole batch when it is full, and keeps what it has", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: 8 }, (_, index) => parcel(`a${index}`)));
      const more = Array.from({ length: 3 }, (_, index) => parcel(`b${index}`));
      await expect(outbox.add(more)).rejects.toMatchObject({ code: "outbox_full" });
      expect(await outbox.waiting()).toBe(8);
      expect(await outbox.add(more.slice(0, 2))).toEqual(["added", "added"]);
    });

    it("takes nothing more once closed", async () => {
      const { outbox } = await open();
      await outbox.close();
      await expect(outbox.add([parcel("1")])).rejects.toMatchObject({ code: "closed" });
    });
  });
}
