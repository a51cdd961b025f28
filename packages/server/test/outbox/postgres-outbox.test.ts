import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, it } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { postgresOutbox } from "../../src/postgres/index.js";
import { describeOutbox, lease, limits, window } from "./contract.js";
import { inTurns } from "./in-turns.js";
import { expectAsInMemory, modelLimits } from "./model.js";
import { describeMovableOutbox } from "./movable-contract.js";
import { parcel } from "./parcel.js";
import { describePostgres } from "./postgres.js";

const many = (count: number, name = "") => Array.from({ length: count }, (_, index) => parcel(`${name}${index}`));

describePostgres("postgresOutbox", (postgres) => {
  for (const describeIt of [describeOutbox, describeMovableOutbox]) {
    describeIt("postgresOutbox", (clock) => postgres.open({ ...limits, now: () => clock.time }));
    describeIt("two postgresOutboxes on one schema, in turns", (clock) => {
      const schema = postgres.schema();
      const open = () => postgres.open({ schema, ...limits, now: () => clock.time });
      return inTurns([open(), open()]);
    });
  }

  it("does what memoryOutbox does, whatever is asked of it in whatever order", { timeout: 120_000 }, () =>
    expectAsInMemory(() => {
      const schema = postgres.schema();
      return { open: (now) => postgres.open({ schema, ...modelLimits, now }), keepsKeys: false };
    }, 15),
  );

  it("buries in the order in which it is told, whatever came together", async () => {
    const outbox = postgres.open();
    await outbox.add([parcel("together"), parcel("with it")]);
    await outbox.add([parcel("alone")]);
    const { parcels } = await outbox.take("d", 2);
    const more = await outbox.take("d", 1);
    const keyOf = (id: string) => [...parcels, ...more.parcels].find((one) => one.id === id)?.key ?? "";
    await outbox.settle(
      ["together", "alone"].map((id) => ({ key: keyOf(id), outcome: "dead", reason: "refused", detail: "words" })),
    );
    expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["together", "alone"]);
  });

  it("buries what one call settles twice where it dies", async () => {
    const outbox = postgres.open();
    await outbox.add([parcel("1"), parcel("2")]);
    const [one, two] = (await outbox.take("d", 2)).parcels;
    const death = { outcome: "dead", reason: "refused", detail: "words" } as const;
    await outbox.settle([
      { key: two?.key ?? "", outcome: "retry", at: 0, counted: false },
      { key: one?.key ?? "", ...death },
      { key: two?.key ?? "", ...death },
    ]);
    expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["1", "2"]);
  });

  it("answers each of many calls at once", async () => {
    const outbox = postgres.open({ maxParcels: 3_000 });
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      outbox.add([parcel(`a${index}`), parcel(`a${index}`), parcel(`b${index}`, { destination: "other" })]),
    );
    for (const outcome of await Promise.all(calls)) expect(outcome).toEqual(["added", "duplicate", "added"]);
    const ids: string[] = [];
    while (ids.length < 1_000) ids.push(...(await outbox.take("d", 300)).parcels.map(({ id }) => id));
    expect(new Set(ids).size).toBe(1_000);
  });

  it("keeps what is added at once together, and gives it out again when only some of it is settled", async () => {
    const clock = { time: 1_000_000 };
    const outbox = postgres.open({ lease, now: () => clock.time });
    await outbox.add(many(6));
    const { parcels } = await outbox.take("d", 6);
    const keys = parcels.map(({ key }) => key);
    await outbox.settle([
      { key: keys[0] ?? "", outcome: "delivered" },
      { key: keys[2] ?? "", outcome: "dead", reason: "refused", detail: "words" },
      { key: keys[4] ?? "", outcome: "retry", at: clock.time + 1, counted: true },
    ]);
    expect(await outbox.waiting()).toBe(4);
    clock.time += 1;
    expect((await outbox.take("d", 6)).parcels).toMatchObject([{ id: "4", attempts: 1 }]);
    clock.time += lease;
    expect((await outbox.take("d", 6)).parcels.map(({ id }) => id)).toEqual(["1", "3", "5", "4"]);
    await outbox.settle(keys.map((key) => ({ key, outcome: "delivered" })));
    expect(await outbox.waiting()).toBe(0);
  });

  it("passes over duplicates among what is added together, also when it parts ways", async () => {
    const clock = { time: 1_000_000 };
    const outbox = postgres.open({ lease, now: () => clock.time });
    await outbox.add([parcel("1"), parcel("3")]);
    await outbox.settle((await outbox.take("d", 9)).parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    const added = await outbox.add(["1", "2", "3", "4", "5", "2"].map((id) => parcel(id)));
    expect(added).toEqual(["duplicate", "added", "duplicate", "added", "added", "duplicate"]);
    expect(await outbox.waiting()).toBe(3);
    const first = (await outbox.take("d", 9)).parcels;
    expect(first.map(({ id }) => id)).toEqual(["2", "4", "5"]);
    await outbox.settle([{ key: first[1]?.key ?? "", outcome: "delivered" }]);
    clock.time += lease;
    const again = (await outbox.take("d", 9)).parcels;
    expect(again.map(({ id, key }) => [id, key])).toEqual([first[0], first[2]].map((one) => [one?.id, one?.key]));
    clock.time += window;
    expect(await outbox.add(["2", "4", "5"].map((id) => parcel(id)))).toEqual(["duplicate", "added", "duplicate"]);
  });

  it("lists, page by page, more dead letters and keys than numbers have digits", async () => {
    const outbox = postgres.open();
    await outbox.add(many(25).map((one) => ({ ...one, once: one.id })));
    const { parcels } = await outbox.take("d", 25);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason: "refused", detail: "" })));
    const ids: string[] = [];
    for (let after: string | undefined; ids.length < 25; ) {
      const letters = await outbox.deadLetters({ limit: 7, after });
      ids.push(...letters.map(({ id }) => id));
      after = letters.at(-1)?.key;
    }
    expect(ids).toEqual(many(25).map(({ id }) => id));
  });

  it("leaves no row of what was delivered, and forgets keys whose time is over", async () => {
    const clock = { time: 1_000_000 };
    const schema = postgres.schema();
    const outbox = postgres.open({ schema, now: () => clock.time });
    await outbox.add([...many(700), parcel("stays", { destination: "other" })]);
    for (let left = 700; left > 0; ) {
      const { parcels } = await outbox.take("d", 300);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      left -= parcels.length;
    }
    const rows = (table: string) => postgres.sql(`SELECT count(*)::int AS count FROM ${schema}.${table}`);
    expect(await rows("segments")).toEqual([{ count: 1 }]);
    expect(await rows("seen")).toEqual([{ count: 701 }]);
    clock.time += window;
    // Tending comes with use, once a second.
    await expect
      .poll(
        async () => {
          await outbox.add([parcel("stays", { destination: "other" })]);
          await outbox.settle([]);
          return [...(await rows("seen")), ...(await rows("counts"))];
        },
        { timeout: 10_000, interval: 100 },
      )
      .toEqual([{ count: 1 }, { count: 1 }]);
    expect(await outbox.add([parcel("stays", { destination: "other" }), parcel("1")])).toEqual(["duplicate", "added"]);
  });

  it("forgets a pause of a clock that was a year ahead", async () => {
    const clock = { time: 1_000_000 };
    const year = 365 * 86_400_000;
    const schema = postgres.schema();
    const outbox = postgres.open({ schema, now: () => clock.time });
    await outbox.add([parcel("1")]);
    clock.time += year;
    await outbox.pause?.("d", clock.time + 60_000);
    expect(await outbox.take("d", 1)).toMatchObject({ parcels: [], pausedUntil: clock.time + 60_000 });
    clock.time -= year;
    const taken = await outbox.take("d", 1);
    expect(taken.parcels).toMatchObject([{ id: "1" }]);
    expect(taken).not.toHaveProperty("pausedUntil");
    const tended = async () => {
      await outbox.settle([]);
      return postgres.sql(`SELECT FROM ${schema}.pauses`);
    };
    await expect.poll(tended, { timeout: 10_000, interval: 100 }).toEqual([]);
  });

  it("goes by the database's clock, and speaks in this machine's", async () => {
    const outbox = postgres.open({ schema: postgres.schema(), lease: 3_600_000 });
    await outbox.add([parcel("1"), parcel("2")]);
    const { now } = Date;
    // An hour fast.
    Date.now = () => now() + 3_600_000;
    try {
      const [first, second] = (await outbox.take("d", 2)).parcels;
      await outbox.settle([
        { key: first?.key ?? "", outcome: "retry", at: Date.now() + 50, counted: true },
        { key: second?.key ?? "", outcome: "retry", at: Date.now() + 1_800_000, counted: true },
      ]);
      await expect.poll(async () => (await outbox.take("d", 2)).parcels.map(({ id }) => id)).toEqual(["1"]);
      const { nextDueAt } = await outbox.take("d", 2);
      expect(Math.abs((nextDueAt ?? 0) - Date.now() - 1_800_000)).toBeLessThan(60_000);
      await outbox.pause?.("d", Date.now() + 900_000);
      const { pausedUntil } = await outbox.take("d", 2);
      expect(Math.abs((pausedUntil ?? 0) - Date.now() - 900_000)).toBeLessThan(60_000);
    } finally {
      Date.now = now;
    }
  });

  it("takes times with fractions: of a clock, and of what comes from another outbox", async () => {
    const outbox = postgres.open({ now: () => 1_000_000.5 });
    const history = { key: "", attempts: 1, dueAt: 999_999.25 };
    const letter = { ...parcel("3"), key: "", reason: "refused", detail: "", diedAt: 999_999.25 } as const;
    await outbox.adopt([{ ...parcel("1"), ...history }]);
    await outbox.adoptDeadLetters([letter]);
    await outbox.add([parcel("2")]);
    const [first, second] = (await outbox.take("d", 2)).parcels;
    await outbox.settle([
      { key: first?.key ?? "", outcome: "retry", at: 1_000_000.75, counted: true },
      { key: second?.key ?? "", outcome: "dead", reason: "refused", detail: "" },
    ]);
    expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["3", "2"]);
    expect(await outbox.waiting()).toBe(1);
  });

  it("works on a pool that is given, and leaves it open", async () => {
    const pool = new pg.Pool({ connectionString: postgres.url });
    const outbox: MovableOutbox = postgresOutbox({ pool, schema: postgres.schema() });
    expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    expect((await outbox.take("d", 1)).parcels).toMatchObject([{ id: "1" }]);
    await outbox.close();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it("writes what was added before it closes, and takes nothing after", async () => {
    const schema = postgres.schema();
    const outbox = postgres.open({ schema });
    const added = outbox.add([parcel("1")]);
    await outbox.waiting();
    const closed = outbox.close();
    await expect(outbox.add([parcel("2")])).rejects.toMatchObject({ code: "closed" });
    await expect(outbox.take("d", 1)).rejects.toMatchObject({ code: "closed" });
    expect(await added).toEqual(["added"]);
    await closed;
    await outbox.close();
    expect(await postgres.open({ schema }).waiting()).toBe(1);
  });

  it("finishes what was asked before it closes, also before it was open", async () => {
    const schema = postgres.schema();
    const young = postgres.open({ schema });
    const added = young.add(many(10));
    await young.close();
    expect(await added).toHaveLength(10);

    const outbox = postgres.open({ schema });
    const { parcels } = await outbox.take("d", 10);
    // Of what came together a part: that takes several statements.
    const settled = outbox.settle(parcels.slice(0, 5).map(({ key }) => ({ key, outcome: "delivered" })));
    await outbox.close();
    await settled;
    expect(await postgres.open({ schema }).waiting()).toBe(5);
  });

  it("looks for a server that is away no longer once it is closed", async () => {
    let tried = 0;
    const connect = async () => {
      tried++;
      throw new Error("nobody listens there");
    };
    const outbox = postgresOutbox({ pool: { connect } });
    await expect.poll(() => tried).toBeGreaterThan(0);
    await outbox.close();
    const triedBefore = tried;
    // Longer than it waits before it tries again.
    await sleep(2_000);
    expect(tried).toBe(triedBefore);
  });

  it("names a wrong option, and never shows a password", () => {
    const refusal = (options: object) => {
      try {
        postgresOutbox(options);
      } catch (error) {
        return String(error);
      }
      return "";
    };
    expect(refusal({})).toMatch(/postgresOutbox: neither connectionString nor pool is given/);
    expect(refusal({ connectionString: "postgres://h/d", pool: { connect() {} } })).toMatch(
      /both connectionString and/,
    );
    expect(refusal({ connectionString: "postgres://h/d", lease: 0 })).toMatch(/lease is a number that does not fit/);
    expect(refusal({ connectionString: "postgres://h/d", maxBytes: 1 })).toMatch(/maxBytes is unknown/);
    expect(refusal({ connectionString: "postgres://h/d", schema: 'x"; DROP' })).toMatch(
      /schema is a text that does not/,
    );
    for (const connectionString of ["secret-word", "postgres://user:secret-word#x@host/d:1"]) {
      expect(refusal({ connectionString })).toMatch(/connectionString is/);
      expect(refusal({ connectionString })).not.toMatch(/secret-word/);
    }
  });
});
