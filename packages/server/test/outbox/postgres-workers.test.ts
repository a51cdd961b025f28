import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { maxEventNames } from "../../src/destinations/event-names.js";
import type { Outbox, TrackerNews } from "../../src/index.js";
import { toKeyText } from "../../src/outbox/record.js";
import { statementsFor } from "../../src/postgres/statements.js";
import { createSandbox } from "../../src/sandbox/index.js";
import { appContext, consent, createShopTracker, webContext } from "../shop.js";
import { window } from "./contract.js";
import { parcel } from "./parcel.js";
import { describePostgres } from "./postgres.js";
import { usePostgresWorker } from "./postgres-process.js";

const purchase = { currency: "EUR", value: 21.97 } as const;
/** So that what others put in is heard of by notification only. */
const never = 3_600_000;
const many = (count: number, name = "") => Array.from({ length: count }, (_, index) => parcel(`${name}${index}`));

describePostgres("many processes on postgresOutbox", (postgres) => {
  const start = usePostgresWorker();
  const openFour = () => {
    const schema = postgres.schema();
    return Array.from({ length: 4 }, () => postgres.open({ schema }));
  };

  it("make the tables once when they start together", async () => {
    const outboxes = openFour();
    expect(await Promise.all(outboxes.map((outbox) => outbox.waiting()))).toEqual([0, 0, 0, 0]);
  });

  it("are given no parcel twice", async () => {
    const outboxes = openFour();
    // Segments of many sizes.
    for (let size = 1; size <= 60; size += 7) await outboxes[0]?.add(many(size, `${size}-`));
    const waiting = (await outboxes[0]?.waiting()) ?? 0;
    const ids: string[] = [];
    await Promise.all(
      outboxes.map(async (outbox) => {
        while (ids.length < waiting) ids.push(...(await outbox.take("d", 17)).parcels.map(({ id }) => id));
      }),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(waiting);
  });

  it("keep an event once, and what is once for ever once, that all add at the same time", async () => {
    const outboxes = openFour();
    const added = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        outboxes.map((outbox, number) =>
          outbox.add([parcel(`${index}`), parcel(`${index} of ${number}`, { once: `device ${index}` })]),
        ),
      ).flat(),
    );
    const count = (place: number) => added.filter((outcomes) => outcomes[place] === "added").length;
    expect([count(0), count(1)]).toEqual([100, 100]);
    expect(await outboxes[0]?.waiting()).toBe(200);
  });

  it("can not settle what another has by now, but say that it was delivered", async () => {
    const clock = { time: 1_000_000 };
    const schema = postgres.schema();
    const open = () => postgres.open({ schema, lease: 1_000, now: () => clock.time });
    const [slow, quick] = [open(), open()];
    await slow.add(many(4));
    const late = (await slow.take("d", 4)).parcels.map(({ key }) => key);
    clock.time += 1_000;
    const current = (await quick.take("d", 4)).parcels.map(({ key }) => key);
    await slow.settle([
      { key: late[0] ?? "", outcome: "retry", at: clock.time, counted: true },
      { key: late[1] ?? "", outcome: "dead", reason: "refused", detail: "" },
      { key: late[2] ?? "", outcome: "delivered" },
    ]);
    expect((await slow.take("d", 4)).parcels).toEqual([]);
    expect(await slow.deadLetters()).toEqual([]);
    expect(await slow.waiting()).toBe(3);
    await quick.settle(current.map((key) => ({ key, outcome: "retry", at: clock.time, counted: false })));
    expect((await quick.take("d", 4)).parcels).toMatchObject([
      { id: "0", attempts: 0 },
      { id: "1", attempts: 0 },
      { id: "3", attempts: 0 },
    ]);
  });

  it("settle what another parts at the same moment", async () => {
    const schema = postgres.schema();
    const outbox = postgres.open({ schema });
    await outbox.add(many(3));
    const { parcels } = await outbox.take("d", 3);
    // As a process does whose `take` has room for fewer, once the lease is over.
    const other = await postgres.connect();
    const [{ id }] = await postgres.sql(`SELECT id FROM ${schema}.segments`);
    await other.query("BEGIN");
    await other.query(statementsFor(schema).split, [[id]]);
    const settled = outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    await postgres.blocked(schema, 1);
    await other.query("COMMIT");
    await settled;
    expect(await outbox.waiting()).toBe(0);
  });

  it("put a dead letter back once, also when its event comes again at the same moment", async () => {
    const clock = { time: 1_000_000 };
    const schema = postgres.schema();
    const outbox = postgres.open({ schema, now: () => clock.time });
    // Keys go in in their order.
    const [first = "", last = ""] = ["1", "2"].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    await outbox.add([parcel(first)]);
    const { parcels } = await outbox.take("d", 1);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason: "refused", detail: "" })));
    clock.time += window;
    // Keeps what is added from being committed.
    const other = await postgres.connect();
    await other.query("BEGIN");
    await other.query(`INSERT INTO ${schema}.seen VALUES ($1, 0, 0, 0)`, [keyOf(last)]);
    const added = outbox.add([parcel(first), parcel(last)]);
    await postgres.blocked(schema, 1);
    const replayed = outbox.replay();
    await postgres.blocked(schema, 2);
    await other.query("ROLLBACK");
    expect([await added, await replayed]).toEqual([["added", "added"], 0]);
    expect((await outbox.take("d", 9)).parcels.map(({ id }) => id)).toEqual([first, last]);
  });

  it("take over what one had that was killed, once its lease is over", async () => {
    const schema = postgres.schema();
    const outbox = postgres.open({ schema, lease: 1_000 });
    await outbox.add(many(30));
    await outbox.close();
    const killed = start(postgres.url, schema, "take");
    await killed.speaks;
    await killed.kill();
    // The lease was the other's: five minutes.
    const other = postgres.open({ schema });
    expect((await other.take("d", 30)).parcels).toEqual([]);
    await postgres.sql(`UPDATE ${schema}.segments SET due_at = due_at - 300000`);
    expect((await other.take("d", 30)).parcels).toHaveLength(30);
  });

  it("lose nothing that was acknowledged when they are killed, and keep nothing twice", {
    timeout: 30_000,
  }, async () => {
    const schema = postgres.schema();
    const acknowledged: string[] = [];
    for (let run = 0; run < 3; run++) {
      const killed = start(postgres.url, schema, "add", `${run}`);
      await killed.speaks;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      await killed.kill();
      acknowledged.push(...killed.lines.slice(0, -1));
    }
    const kept = await takeAll(postgres.open({ schema }));
    expect(new Set(kept).size).toBe(kept.length);
    const there = new Set(kept);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
  });

  it("are woken by what a collector takes, also once the connection broke on which they listened", {
    timeout: 30_000,
  }, async () => {
    await using sandbox = await createSandbox();
    const schema = postgres.schema();
    await using collector = createShopTracker(sandbox, { outbox: postgres.open({ schema }), deliver: false });
    await using worker = createShopTracker(sandbox, { outbox: postgres.open({ schema, pollInterval: never }) });
    const listeners = () =>
      postgres.sql("SELECT pid FROM pg_stat_activity WHERE query = $1", [`LISTEN ${schema}_outbox`]);
    for (const id of ["order-1", "order-2"]) {
      await expect.poll(listeners, { timeout: 10_000 }).toHaveLength(1);
      const [listener] = await listeners();
      await collector.track("Purchase", purchase, { id, consent, context: webContext });
      await expect.poll(() => sandbox.events().filter((event) => event.id === id).length, { timeout: 10_000 }).toBe(2);
      await postgres.sql("SELECT pg_terminate_backend($1)", [listener?.pid]);
      await expect.poll(listeners, { timeout: 10_000 }).not.toContainEqual(listener);
    }
    await worker.flush();
  });

  it("wait together when one meets a limit", { timeout: 20_000 }, async () => {
    await using sandbox = await createSandbox();
    const schema = postgres.schema();
    await using one = createShopTracker(sandbox, { outbox: postgres.open({ schema }) });
    const body = { error: { message: "too many calls", code: 4, fbtrace_id: "f" } };
    sandbox.faults.add({ kind: "answer", status: 400, body, endpoint: "meta.conversions", count: 1 });
    const paused = Promise.withResolvers<TrackerNews["paused"]>();
    one.on("paused", paused.resolve);
    await one.track("Purchase", purchase, { id: "order-1", consent, context: webContext });
    const { until } = await paused.promise;
    await using other = createShopTracker(sandbox, { outbox: postgres.open({ schema }) });
    await other.track("Purchase", purchase, { id: "order-2", consent, context: webContext });
    const pausedUntil = async () =>
      (await other.status()).destinations.find(({ name }) => name === "meta")?.pausedUntil ?? 0;
    await expect.poll(pausedUntil, { timeout: 10_000 }).toBeGreaterThan(until - 5_000);
    expect(sandbox.events().filter(({ endpoint }) => endpoint === "meta.conversions")).toEqual([]);
  });

  it("share the event names of an app: 1,000 in all", { timeout: 30_000 }, async () => {
    await using sandbox = await createSandbox();
    const schema = postgres.schema();
    const open = () => createShopTracker(sandbox, { outbox: postgres.open({ schema }), deliver: false });
    await using one = open();
    await using other = open();
    const use = async (tracker: typeof one, name: string) => {
      const { dropped } = await (tracker.track as (...args: unknown[]) => ReturnType<typeof tracker.track>)(
        name,
        {},
        { consent, context: appContext(1) },
      );
      return dropped.some(({ destination }) => destination === "meta-app");
    };
    for (let index = 0; index < maxEventNames; index += 50) {
      const tracker = index % 100 ? one : other;
      await Promise.all(Array.from({ length: 50 }, (_, part) => use(tracker, `name_${index + part}`)));
    }
    // The names are exchanged in the background.
    await expect.poll(() => use(one, `one_${crypto.randomUUID()}`), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => use(other, `other_${crypto.randomUUID()}`), { timeout: 10_000 }).toBe(true);
    expect(await use(one, "name_0")).toBe(false);
    expect(await use(other, "name_999")).toBe(false);
    const [{ count }] = await postgres.sql(`SELECT count(*)::int AS count FROM ${schema}.shared`);
    expect(count).toBe(maxEventNames);
  });

  it("report the install of a device once", async () => {
    await using sandbox = await createSandbox();
    const schema = postgres.schema();
    const open = () => createShopTracker(sandbox, { outbox: postgres.open({ schema }) });
    await using one = open();
    await using other = open();
    const outcomes = await Promise.all(
      [one, other, one, other].map((tracker) =>
        tracker.track("MobileAppInstall", {}, { consent, context: appContext(7) }),
      ),
    );
    expect(outcomes.filter(({ queued }) => queued.includes("meta-app"))).toHaveLength(1);
    await one.flush();
    await other.flush();
    expect(sandbox.events().filter(({ endpoint }) => endpoint === "meta.appEvents")).toHaveLength(1);
  });
});

/** By which the database knows a parcel again. */
function keyOf(id: string): string {
  return hash("sha256", toKeyText(parcel(id)), "hex").slice(0, 32);
}

/** The ids of everything that waits. */
async function takeAll(outbox: Outbox): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { parcels } = await outbox.take("d", 1_000);
    if (parcels.length === 0) return ids;
    ids.push(...parcels.map(({ id }) => id));
  }
}
