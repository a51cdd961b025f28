import { describe, expect, it } from "vitest";
import type { DeadLetterPage, DeadReason, Outbox } from "../../src/index.js";
import { parcel } from "./parcel.js";

/** A clock that tests turn by hand. */
export interface Clock {
  time: number;
}

export const window = 3_600_000;
export const lease = 60_000;

/** Limits of the outboxes under test. */
export const limits = { maxParcels: 10, maxDeadLetters: 4, maxOnce: 4, deduplicationWindow: window, lease };

/** What every outbox must do. `create` makes an empty one with the limits above. */
export function describeOutbox(name: string, create: (clock: Clock) => Outbox | Promise<Outbox>): void {
  const open = async () => {
    const clock = { time: 1_000_000 };
    return { clock, outbox: await create(clock) };
  };
  /** Takes what is due and gives it up. */
  const kill = async (outbox: Outbox, reason: DeadReason, destination = "d") => {
    const { parcels } = await outbox.take(destination, 10);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason, detail: `${reason}!` })));
  };
  const letters = async (outbox: Outbox, page?: DeadLetterPage) => (await outbox.deadLetters(page)).map(({ id }) => id);
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
        { ...parcel("1"), key: expect.any(String), reason: "refused", detail: "code 100", diedAt: clock.time },
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

    it("says of each destination when its oldest event happened that waits", async () => {
      const { outbox } = await open();
      expect(await outbox.oldest("d")).toBeUndefined();
      await outbox.add([
        parcel("1", { time: 7 }),
        parcel("2", { time: 5 }),
        parcel("3", { time: 3, destination: "other" }),
      ]);
      expect([await outbox.oldest("d"), await outbox.oldest("other")]).toEqual([7, 3]);
      const [first] = (await outbox.take("d", 1)).parcels;
      expect(await outbox.oldest("d")).toBe(7);
      await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);
      expect(await outbox.oldest("d")).toBe(5);
    });

    it("gives first what comes back, in the order of its times, then what was never taken, oldest first", async () => {
      const { clock, outbox } = await open();
      await outbox.add(["1", "2", "3", "4"].map((id) => parcel(id)));
      const [first, second, third] = (await outbox.take("d", 3)).parcels.map(({ key }) => key);
      await outbox.settle([
        { key: first ?? "", outcome: "retry", at: clock.time + 20, counted: false },
        { key: second ?? "", outcome: "retry", at: clock.time + 10, counted: false },
        { key: third ?? "", outcome: "retry", at: clock.time + 20, counted: false },
      ]);
      await outbox.add([parcel("5")]);
      clock.time += 20;
      expect(await ids(outbox, 2)).toEqual(["2", "1"]);
      expect(await ids(outbox)).toEqual(["3", "4", "5"]);
    });

    it("says at once that more is due when not all was taken", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      expect((await outbox.take("d", 1)).nextDueAt).toBe(clock.time);
      expect((await outbox.take("nobody", 1)).nextDueAt).toBeUndefined();
    });

    it("leaves alone what no longer waits under its key, and later parcels with it", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = (await outbox.take("d", 1)).parcels;
      const key = taken?.key ?? "";
      await outbox.settle([{ key, outcome: "delivered" }]);
      clock.time += window;
      // The same event, long after, is another parcel.
      await outbox.add([parcel("1"), parcel("2")]);
      await outbox.settle([
        { key, outcome: "delivered" },
        { key, outcome: "dead", reason: "refused", detail: "" },
        { key: "", outcome: "delivered" },
      ]);
      expect(await ids(outbox)).toEqual(["1", "2"]);
      expect(await outbox.waiting()).toBe(2);
      expect(await outbox.deadLetters()).toEqual([]);
    });

    it("heeds an acknowledgement that comes after the lease", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = (await outbox.take("d", 1)).parcels;
      clock.time += lease;
      expect(await ids(outbox)).toEqual(["1"]);
      await outbox.settle([{ key: taken?.key ?? "", outcome: "delivered" }]);
      clock.time += lease;
      expect(await ids(outbox)).toEqual([]);
    });

    it("keeps texts of any characters, and a parcel that never expires", async () => {
      const { outbox } = await open();
      const odd = parcel('\n",🛍\u0000', { name: "Käufe,\\", group: "a\nb", body: '{"é":"\\u0000\n🛍","n":[1]}' });
      const endless = parcel("2", { expiresAt: Number.POSITIVE_INFINITY, body: "" });
      await outbox.add([odd, endless]);
      expect((await outbox.take("d", 2)).parcels).toMatchObject([odd, endless]);
    });

    it("keeps one parcel with a text of `once` for ever, whatever its id, for each destination", async () => {
      const { clock, outbox } = await open();
      const install = (id: string, destination = "d") => parcel(id, { destination, name: "Install", once: "device" });
      expect(await outbox.add([install("1"), install("2"), install("3", "other")])).toEqual([
        "added",
        "duplicate",
        "added",
      ]);
      const { parcels } = await outbox.take("d", 10);
      expect(parcels.map(({ id, once }) => ({ id, once }))).toEqual([{ id: "1", once: undefined }]);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      clock.time += window * 100;
      expect(await outbox.add([install("1"), install("4"), parcel("5")])).toEqual(["duplicate", "duplicate", "added"]);
    });

    it("does not count as kept once what was refused for want of room", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: 10 }, (_, index) => parcel(`${index}`)));
      const install = parcel("install", { once: "device" });
      await expect(outbox.add([install])).rejects.toMatchObject({ code: "outbox_full" });
      const { parcels } = await outbox.take("d", 1);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      expect(await outbox.add([install])).toEqual(["added"]);
    });

    it("remembers as many texts of `once` as it may, the newest", async () => {
      const { outbox } = await open();
      const install = (id: string) => parcel(id, { once: id });
      for (const id of ["1", "2", "3", "4", "5"]) await outbox.add([install(id)]);
      expect(await outbox.add([parcel("a", { once: "2" }), parcel("b", { once: "1" })])).toEqual([
        "duplicate",
        "added",
      ]);
    });

    it("lists dead letters of a destination, for a reason, and by pages", async () => {
      const { outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      await kill(outbox, "refused");
      await outbox.add([parcel("3", { destination: "other" }), parcel("4")]);
      await kill(outbox, "attempts", "other");
      await kill(outbox, "attempts");
      expect(await letters(outbox)).toEqual(["1", "2", "3", "4"]);
      expect(await letters(outbox, { destination: "d" })).toEqual(["1", "2", "4"]);
      expect(await letters(outbox, { reason: "attempts" })).toEqual(["3", "4"]);
      expect(await letters(outbox, { destination: "d", reason: "attempts" })).toEqual(["4"]);
      const page = await outbox.deadLetters({ destination: "d", limit: 2 });
      expect(page.map(({ id }) => id)).toEqual(["1", "2"]);
      expect(await letters(outbox, { destination: "d", limit: 2, after: page.at(-1)?.key })).toEqual(["4"]);
    });

    it("lets the oldest dead letter go at its limit", async () => {
      const { outbox } = await open();
      await outbox.add(["1", "2", "3", "4", "5"].map((id) => parcel(id)));
      await kill(outbox, "refused");
      expect(await letters(outbox)).toEqual(["2", "3", "4", "5"]);
    });

    it("replays dead letters with the same name, id and body, as if never tried", async () => {
      const { clock, outbox } = await open();
      const first = parcel("1", { time: 5, group: "g" });
      await outbox.add([first, parcel("2", { destination: "other" })]);
      const [taken] = (await outbox.take("d", 1)).parcels;
      await outbox.settle([{ key: taken?.key ?? "", outcome: "retry", at: clock.time, counted: true }]);
      await kill(outbox, "attempts");
      await kill(outbox, "refused", "other");
      expect(await outbox.replay({ reason: "expired" })).toBe(0);
      expect(await outbox.replay({ destination: "d", reason: "attempts" })).toBe(1);
      expect(await letters(outbox)).toEqual(["2"]);
      expect(await outbox.waiting()).toBe(1);
      expect((await outbox.take("d", 10)).parcels).toMatchObject([{ ...first, attempts: 0 }]);
      expect(await outbox.replay()).toBe(1);
      expect(await ids(outbox, 10, "other")).toEqual(["2"]);
    });

    it("recognises a replayed parcel as it does a new one", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      await kill(outbox, "refused");
      clock.time += window;
      await outbox.replay();
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      const { parcels } = await outbox.take("d", 1);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      clock.time += window - 1;
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      clock.time += 1;
      expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    });

    it("leaves dead what is too old for the vendor", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1", { expiresAt: clock.time + 5 }), parcel("2", { expiresAt: clock.time + 6 })]);
      await kill(outbox, "refused");
      clock.time += 5;
      expect(await outbox.replay()).toBe(1);
      expect(await ids(outbox)).toEqual(["2"]);
      expect(await letters(outbox)).toEqual(["1"]);
    });

    it("only removes a dead letter whose event waits again", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      await kill(outbox, "refused");
      clock.time += window;
      await outbox.add([parcel("1")]);
      expect(await outbox.replay()).toBe(0);
      expect(await letters(outbox)).toEqual([]);
      expect(await outbox.waiting()).toBe(1);
    });

    it("replays as much as there is room for, oldest first", async () => {
      const { outbox } = await open();
      await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
      await kill(outbox, "refused");
      await outbox.add(Array.from({ length: 8 }, (_, index) => parcel(`a${index}`)));
      expect(await outbox.replay()).toBe(2);
      expect(await letters(outbox)).toEqual(["3"]);
      expect(await outbox.waiting()).toBe(10);
    });

    it("purges dead letters: all, of a destination, for a reason", async () => {
      const { outbox } = await open();
      await outbox.add([parcel("1"), parcel("2", { destination: "other" })]);
      await kill(outbox, "refused");
      await kill(outbox, "refused", "other");
      await outbox.add([parcel("3")]);
      await kill(outbox, "attempts");
      expect(await outbox.purge({ reason: "expired" })).toBe(0);
      expect(await outbox.purge({ destination: "d", reason: "refused" })).toBe(1);
      expect(await letters(outbox)).toEqual(["2", "3"]);
      expect(await outbox.purge()).toBe(2);
      expect(await letters(outbox)).toEqual([]);
    });

    it("takes nothing more once closed", async () => {
      const { outbox } = await open();
      await outbox.close();
      await expect(outbox.add([parcel("1")])).rejects.toMatchObject({ code: "closed" });
    });
  });
}
