import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sqliteOutbox } from "../../src/sqlite/index.js";
import { describeOutbox, lease, limits, window } from "./contract.js";
import { inTurns } from "./in-turns.js";
import { describeMovableOutbox } from "./movable-contract.js";
import { openOutbox, outboxFile } from "./outbox-file.js";
import { parcel } from "./parcel.js";

for (const describeIt of [describeOutbox, describeMovableOutbox]) {
  describeIt("sqliteOutbox", (clock) => openOutbox({ ...limits, now: () => clock.time }));
  describeIt("two sqliteOutboxes on one file, in turns", (clock) => {
    const path = outboxFile();
    const open = () => openOutbox({ path, ...limits, now: () => clock.time });
    return inTurns([open(), open()]);
  });
}

describe("sqliteOutbox", () => {
  it("has everything again when it is opened again", async () => {
    const path = outboxFile();
    const clock = { time: 1_000_000 };
    const open = () => openOutbox({ path, ...limits, now: () => clock.time });
    const before = open();
    await before.add(["1", "2", "3"].map((id) => parcel(id, { once: id })));
    const [first, second] = (await before.take("d", 2)).parcels;
    await before.settle([
      { key: first?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" },
      { key: second?.key ?? "", outcome: "retry", at: clock.time + 10, counted: true },
    ]);
    await before.close();

    const after = open();
    expect(await after.waiting("d")).toBe(2);
    expect(await after.deadLetters()).toMatchObject([{ id: "1", reason: "refused", detail: "code 100" }]);
    expect(await after.add([parcel("1"), parcel("4", { once: "3" })])).toEqual(["duplicate", "duplicate"]);
    clock.time += 10;
    expect((await after.take("d", 3)).parcels).toMatchObject([
      { id: "2", attempts: 1 },
      { id: "3", attempts: 0 },
    ]);
    await after.settle([{ key: second?.key ?? "", outcome: "delivered" }]);
    expect(await after.waiting()).toBe(1);
  });

  it("gives what was put off under a clock that went a year ahead, once the clock is right again", async () => {
    const path = outboxFile();
    const clock = { time: Date.UTC(2027, 10, 22) };
    const before = openOutbox({ path, now: () => clock.time });
    await before.add(["1", "2", "3"].map((id) => parcel(id)));
    const [first] = (await before.take("d", 2)).parcels;
    await before.settle([{ key: first?.key ?? "", outcome: "retry", at: clock.time + 60_000, counted: true }]);
    await before.close();

    clock.time = Date.UTC(2026, 10, 22);
    const after = openOutbox({ path, now: () => clock.time });
    const ids: string[] = [];
    for (let step = 0; step < 3; step++) {
      const { parcels } = await after.take("d", 1);
      await after.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      ids.push(...parcels.map(({ id }) => id));
    }
    expect(ids.toSorted()).toEqual(["1", "2", "3"]);
    expect(await after.take("d", 1)).toEqual({ parcels: [] });
  });

  it("never gives the key of a delivered parcel to a new one, also after it was empty and closed", async () => {
    const path = outboxFile();
    const keys = new Set<string>();
    for (const id of ["1", "2", "3"]) {
      const outbox = openOutbox({ path });
      await outbox.add([parcel(id)]);
      const { parcels } = await outbox.take("d", 1);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      keys.add(parcels[0]?.key ?? "");
      await outbox.close();
    }
    expect(keys.size).toBe(3);
  });

  it("leases each parcel to one of two", async () => {
    const path = outboxFile();
    const one = openOutbox({ path });
    const other = openOutbox({ path });
    await one.add(Array.from({ length: 1_200 }, (_, index) => parcel(`${index}`)));
    const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).take("d", 70)));
    const ids = taken.flatMap(({ parcels }) => parcels.map(({ id }) => id));
    expect(ids.length).toBe(1_200);
    expect(new Set(ids).size).toBe(1_200);
  });

  it("stores an event once that is added to two at the same time", async () => {
    const path = outboxFile();
    const both = [openOutbox({ path }), openOutbox({ path })];
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) => both.map((outbox) => outbox.add([parcel(`${index}`)]))).flat(),
    );
    expect(outcomes.flat().filter((outcome) => outcome === "added").length).toBe(200);
    expect(await both[0]?.waiting()).toBe(200);
  });

  it("answers each of many calls at once, in their order", async () => {
    const outbox = openOutbox({ maxParcels: 3_000 });
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      outbox.add([parcel(`a${index}`), parcel(`a${index}`), parcel(`b${index}`, { destination: "other" })]),
    );
    for (const outcome of await Promise.all(calls)) expect(outcome).toEqual(["added", "duplicate", "added"]);
    const { parcels } = await outbox.take("d", 1_000);
    expect(parcels.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, index) => `a${index}`));
  });

  it("writes what was added before it closes, and takes nothing after", async () => {
    const path = outboxFile();
    const outbox = openOutbox({ path });
    const added = outbox.add([parcel("1")]);
    const closed = outbox.close();
    await expect(outbox.add([parcel("2")])).rejects.toMatchObject({ code: "closed" });
    await expect(outbox.take("d", 1)).rejects.toMatchObject({ code: "closed" });
    expect(await added).toEqual(["added"]);
    await closed;
    await outbox.close();
    expect(await openOutbox({ path }).waiting()).toBe(1);
  });

  it("remembers what was added for the window and no longer, and what waits for as long as it does", async () => {
    const clock = { time: 1_000_000 };
    const outbox = openOutbox({ deduplicationWindow: 1_000, lease, now: () => clock.time });
    for (let round = 0; round < 30; round++) {
      expect(await outbox.add([parcel("stays", { destination: "other" }), parcel(`${round}`)])).toEqual([
        round === 0 ? "added" : "duplicate",
        "added",
      ]);
      const { parcels } = await outbox.take("d", 10);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      clock.time += 300;
    }
    expect(await outbox.add([parcel("26"), parcel("27")])).toEqual(["added", "duplicate"]);
  });

  it("remembers and leases for ever where it is told to", async () => {
    const clock = { time: 1_000_000 };
    const endless = Number.MAX_SAFE_INTEGER;
    const outbox = openOutbox({ deduplicationWindow: endless, lease: endless, now: () => clock.time });
    expect(await outbox.add([parcel("1"), parcel("2")])).toEqual(["added", "added"]);
    const [first] = (await outbox.take("d", 2)).parcels;
    await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);
    clock.time += 100 * window;
    expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
    expect((await outbox.take("d", 2)).parcels).toEqual([]);
  });

  it("is readable by its owner only, with the files beside it", async () => {
    const path = outboxFile();
    const outbox = openOutbox({ path });
    await outbox.add([parcel("1")]);
    for (const end of ["", "-wal", "-shm"]) expect(statSync(path + end).mode & 0o777).toBe(0o600);
  });

  it("names a wrong option", () => {
    expect(() => sqliteOutbox({} as never)).toThrow(/sqliteOutbox: path is missing/);
    expect(() => sqliteOutbox({ path: ":memory:" })).toThrow(/memoryOutbox/);
    expect(() => sqliteOutbox({ path: outboxFile(), lease: 0 })).toThrow(/lease/);
    expect(() => sqliteOutbox({ path: outboxFile(), maxSize: 1 } as never)).toThrow(/maxSize is unknown/);
  });
});
