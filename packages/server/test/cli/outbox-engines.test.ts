import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { sqliteOutbox } from "../../src/sqlite/sqlite-outbox.js";
import { parcel } from "../outbox/parcel.js";
import { databaseUrl, leftOut, newSchema, openPostgres, usePostgres } from "../outbox/postgres-server.js";
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

describe.skipIf(leftOut)(`beaconry outbox on PostgreSQL${leftOut ? ` (${leftOut})` : ""}`, () => {
  usePostgres();

  const addressOf = (schema: string) => {
    const url = new URL(databaseUrl());
    url.searchParams.set("schema", schema);
    return url.href;
  };

  it("moves everything there from a file, and back", { timeout: 60_000 }, async () => {
    const [first, last] = ["first.db", "last.db"].map((name) => join(makeFolder(), name));
    const schema = newSchema();
    const source = sqliteOutbox({ path: first ?? "" });
    await fill(source);
    await source.close();
    const told = { events: events - 10, duplicates: 0, deadLetters: 10, left: 0 };
    const there = await beaconryJson(["outbox", "move", "--from", first ?? "", "--to", addressOf(schema)]);
    expect(there).toMatchObject({ code: 0, json: told });
    const status = await beaconryJson(["outbox", "status"], { env: { BEACONRY_OUTBOX: addressOf(schema) } });
    expect(status.json).toMatchObject({
      waiting: events - 10,
      dead: 10,
      destinations: [
        { name: "meta", waiting: events / 2 - 10, dead: { refused: 10 } },
        { name: "tiktok", waiting: events / 2, oldest: "1970-01-01T00:00:00.001Z" },
      ],
    });
    const letters = await beaconryJson(["outbox", "dead", "--outbox", addressOf(schema), "--limit", "3"]);
    expect(letters.json.letters.map(({ detail }: { detail: string }) => detail)).toEqual([
      "code 0",
      "code 1",
      "code 2",
    ]);
    const back = await beaconryJson(["outbox", "move", "--from", addressOf(schema), "--to", last ?? ""]);
    expect(back).toMatchObject({ code: 0, json: told });

    const again = sqliteOutbox({ path: first ?? "" });
    expect(await again.waiting()).toBe(0);
    await again.close();
    const original = sqliteOutbox({ path: join(makeFolder(), "original.db") });
    await fill(original);
    const moved = sqliteOutbox({ path: last ?? "" });
    const [expected, actual] = [await empty(original), await empty(moved)];
    await Promise.all([original.close(), moved.close()]);
    expect(actual.waiting).toEqual(expected.waiting);
    expect(actual.once).toEqual(expected.once);
    const undated = ({ dead }: typeof actual) => dead.map(({ diedAt, ...letter }) => letter);
    expect(undated(actual)).toEqual(undated(expected));
  });

  it("is read page by page, each letter and each key once and in order", async () => {
    const outbox = openPostgres();
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

  it("shows no password, also when it is wrong", async () => {
    const url = new URL(addressOf(newSchema()));
    [url.username, url.password] = ["nobody", "hunter2hunter2"];
    const { code, stdout, stderr } = await beaconry(["outbox", "status", "--outbox", url.href]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .+\n$/);
    expect(stderr).not.toContain("hunter2");
  });

  it("puts dead letters back and deletes them", async () => {
    const schema = newSchema();
    await fill(openPostgres({ schema }));
    const on = ["--outbox", addressOf(schema)];
    expect((await beaconryJson(["outbox", "replay", ...on, "--destination", "tiktok"])).json).toEqual({
      replayed: 0,
      left: 0,
    });
    expect((await beaconryJson(["outbox", "replay", ...on])).json).toEqual({ replayed: 10, left: 0 });
    expect((await beaconryJson(["outbox", "purge", ...on, "--yes"])).json).toEqual({ purged: 0 });
  });
});
