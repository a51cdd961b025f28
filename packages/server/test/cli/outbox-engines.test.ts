import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { sqliteOutbox } from "../../src/sqlite/sqlite-outbox.js";
import { describeNats } from "../outbox/nats.js";
import { parcel } from "../outbox/parcel.js";
import { describePostgres } from "../outbox/postgres.js";
import { beaconry, beaconryJson, makeFolder } from "./beaconry.js";

const events = 1_200;
const later = Date.now() + 7_200_000;

/** What is put into the first outbox: fresh, delayed and dead events of two destinations. */
async function fill(outbox: MovableOutbox): Promise<void> {
  const all = Array.from({ length: events }, (_, index) =>
    parcel(String(index), { destination: index % 2 ? "meta" : "tiktok", time: index + 1, once: `device ${index}` }),
  );
  await outbox.add(all);
  const { parcels } = await outbox.take("meta", 20);
  await outbox.settle(
    parcels.map(({ key }, index) =>
      index < 10
        ? { key, outcome: "dead", reason: "refused", detail: `code ${index}` }
        : { key, outcome: "retry", at: later + index, counted: true },
    ),
  );
}

/** What is in an outbox, without its own keys. It is empty afterwards. */
async function empty(outbox: MovableOutbox) {
  const waiting = [];
  for (const destination of await outbox.destinations()) {
    for (;;) {
      const parcels = await outbox.takeAll(destination, 500);
      if (parcels.length === 0) break;
      waiting.push(...parcels.map(({ key, ...rest }) => rest));
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    }
  }
  const dead = (await outbox.deadLetters()).map(({ key, ...letter }) => letter);
  const { keys } = await outbox.onceKeys({ limit: 10_000 });
  waiting.sort((one, other) => Number(one.id) - Number(other.id));
  return { waiting, dead, once: [...keys].sort() };
}

/** What the command does on an engine: `newAddress` names an outbox that does not exist yet. */
function describeEngine(newAddress: () => string): void {
  it("moves everything there from a file, and back", { timeout: 60_000 }, async () => {
    const [first = "", last = ""] = ["first.db", "last.db"].map((name) => join(makeFolder(), name));
    const address = newAddress();
    const source = sqliteOutbox({ path: first });
    await fill(source);
    await source.close();
    const told = { events: events - 10, duplicates: 0, deadLetters: 10, left: 0 };
    const there = await beaconryJson(["outbox", "move", "--from", first, "--to", address]);
    expect(there).toMatchObject({ code: 0, json: told });
    const status = await beaconryJson(["outbox", "status"], { env: { BEACONRY_OUTBOX: address } });
    expect(status.json).toMatchObject({
      waiting: events - 10,
      dead: 10,
      destinations: [
        { name: "meta", waiting: events / 2 - 10, dead: { refused: 10 } },
        { name: "tiktok", waiting: events / 2, oldest: "1970-01-01T00:00:00.001Z" },
      ],
    });
    const letters = await beaconryJson(["outbox", "dead", "--outbox", address, "--limit", "3"]);
    expect(letters.json.letters.map(({ detail }: { detail: string }) => detail)).toEqual([
      "code 0",
      "code 1",
      "code 2",
    ]);
    const back = await beaconryJson(["outbox", "move", "--from", address, "--to", last]);
    expect(back).toMatchObject({ code: 0, json: told });

    const original = sqliteOutbox({ path: join(makeFolder(), "original.db") });
    await fill(original);
    const outboxes = [original, sqliteOutbox({ path: last }), sqliteOutbox({ path: first })];
    const [expected, moved, left] = await Promise.all(outboxes.map(empty));
    await Promise.all(outboxes.map((outbox) => outbox.close()));
    expect(moved?.waiting).toEqual(expected?.waiting);
    expect(moved?.once).toEqual(expected?.once);
    const undated = (dead: readonly { diedAt: number }[] = []) => dead.map(({ diedAt, ...letter }) => letter);
    expect(undated(moved?.dead)).toEqual(undated(expected?.dead));
    expect([left?.waiting, left?.dead]).toEqual([[], []]);
  });

  it("makes nothing where nothing is", async () => {
    const address = newAddress();
    for (const [option, args] of [
      ["--outbox", ["status", "--outbox", address]],
      ["--from", ["move", "--from", address, "--to", join(makeFolder(), "to.db")]],
    ] as const) {
      // The second time too.
      const { code, stdout, stderr } = await beaconry(["outbox", ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(new RegExp(`^error: ${option}: there is no outbox at \\w+://`));
    }
  });

  it("puts dead letters back and deletes them", { timeout: 30_000 }, async () => {
    const path = join(makeFolder(), "outbox.db");
    const source = sqliteOutbox({ path });
    await fill(source);
    await source.close();
    const address = newAddress();
    await beaconry(["outbox", "move", "--from", path, "--to", address]);
    const on = ["--outbox", address];
    const replayed = await beaconryJson(["outbox", "replay", ...on, "--destination", "tiktok"]);
    expect(replayed.json).toEqual({ replayed: 0, left: 0 });
    expect((await beaconryJson(["outbox", "purge", ...on, "--reason", "expired", "--yes"])).json).toEqual({
      purged: 0,
    });
    expect((await beaconryJson(["outbox", "replay", ...on])).json).toEqual({ replayed: 10, left: 0 });
    expect((await beaconryJson(["outbox", "status", ...on])).json).toMatchObject({ waiting: events, dead: 0 });
  });
}

describePostgres("beaconry outbox on PostgreSQL", (postgres) => {
  const addressOf = (schema: string) => {
    const url = new URL(postgres.url);
    url.searchParams.set("schema", schema);
    return url.href;
  };
  describeEngine(() => addressOf(postgres.schema()));

  it("shows no password, also when it is wrong", async () => {
    const url = new URL(addressOf(postgres.schema()));
    [url.username, url.password] = ["nobody", "hunter2hunter2"];
    const { code, stdout, stderr } = await beaconry(["outbox", "status", "--outbox", url.href]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .+\n$/);
    expect(stderr).not.toContain("hunter2");
  });

  it("is read page by page, each letter and each key once and in order", async () => {
    const outbox = postgres.open();
    await fill(outbox);
    const details: string[] = [];
    for (let after: string | undefined; ; ) {
      const letters = await outbox.deadLetters({ limit: 3, after });
      if (letters.length === 0) break;
      details.push(...letters.map(({ detail }) => detail));
      after = letters.at(-1)?.key;
    }
    expect(details).toEqual(Array.from({ length: 10 }, (_, index) => `code ${index}`));
    const keys: string[] = [];
    for (let after: string | undefined, isFirst = true; isFirst || after; isFirst = false) {
      const page = await outbox.onceKeys({ limit: 100, after });
      keys.push(...page.keys);
      after = page.next;
    }
    expect([keys.length, new Set(keys).size]).toEqual([events, events]);
  });
});

describeNats("beaconry outbox on JetStream", { servers: 1 }, (nats) => {
  describeEngine(() => `${nats.urls.join()}/${nats.prefix()}?replicas=1`);

  it("leaves the streams as their trackers made them", { timeout: 30_000 }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, maxDeadLetters: 50_000, maxOnce: 70_000, maxBytes: 60_000_000, lease: 90_000 });
    await fill(outbox);
    const connection = await connect({ servers: nats.urls });
    const manager = await jetstreamManager(connection);
    const configs = async () => {
      const found = [];
      for await (const { config } of manager.streams.list()) {
        if (config.name.replace(/^KV_/, "").startsWith(`${prefix}_`)) found.push(config);
      }
      return found.sort((one, other) => one.name.localeCompare(other.name));
    };
    const before = await configs();
    const [consumer] = await manager.consumers
      .list(before.find(({ name }) => name.endsWith("_new"))?.name ?? "")
      .next();
    const address = `${nats.urls.join()}/${prefix}`;
    const status = await beaconryJson(["outbox", "status", "--outbox", address]);
    expect(status).toMatchObject({ code: 0, json: { dead: 10 } });
    // What the tracker holds would not be nobody's.
    await outbox.close();
    const moved = await beaconryJson(["outbox", "move", "--from", address, "--to", join(makeFolder(), "to.db")]);
    expect(moved).toMatchObject({ code: 0, json: { left: 0 } });
    expect(before.length).toBe(5);
    expect(await configs()).toEqual(before);
    const { config } = await manager.consumers.info(consumer?.stream_name ?? "", consumer?.name ?? "");
    expect(config.ack_wait).toBe(consumer?.config.ack_wait);
    await connection.close();
  });
});
