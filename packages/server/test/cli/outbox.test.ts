import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { toOnceKey } from "../../src/outbox/once-key.js";
import type { Parcel } from "../../src/outbox/outbox.js";
import { sqliteOutbox } from "../../src/sqlite/sqlite-outbox.js";
import { parcel } from "../outbox/parcel.js";
import { beaconry, beaconryJson, makeFolder, start } from "./beaconry.js";

const hash = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72";
let path: string;

beforeEach(() => {
  path = join(makeFolder(), "outbox.db");
});

/** Opens the file for what `use` does. */
async function withOutbox<Result>(file: string, use: (outbox: ReturnType<typeof sqliteOutbox>) => Promise<Result>) {
  const outbox = sqliteOutbox({ path: file });
  try {
    return await use(outbox);
  } finally {
    await outbox.close();
  }
}

/** Puts parcels in and gives some of them up. */
async function fill(
  parcels: readonly Parcel[],
  dead: Readonly<Record<string, "refused" | "expired" | "attempts">> = {},
) {
  await withOutbox(path, async (outbox) => {
    await outbox.add(parcels);
    for (const destination of new Set(parcels.map((one) => one.destination))) {
      const taken = (await outbox.take(destination, 1_000)).parcels;
      await outbox.settle(
        taken.map(({ key, id }) => {
          const reason = dead[id];
          return reason
            ? { key, outcome: "dead", reason, detail: `code 100: ${id}` }
            : { key, outcome: "retry", at: 1, counted: false };
        }),
      );
    }
  });
}

/** Adds so many, each of them one that is kept once. */
async function addMany(outbox: ReturnType<typeof sqliteOutbox>, events: number): Promise<void> {
  const all = Array.from({ length: events }, (_, index) => meta(String(index), { once: `device ${index}` }));
  await Promise.all(
    Array.from({ length: events / 500 }, (_, part) => outbox.add(all.slice(part * 500, part * 500 + 500))),
  );
}

const body = JSON.stringify({ em: hash });
const meta = (id: string, change: Partial<Parcel> = {}) => parcel(id, { destination: "meta", body, ...change });
const tiktok = (id: string) => parcel(id, { destination: "tiktok", body });

describe("beaconry outbox status", () => {
  it("says what waits for each destination and since when, and what is dead for which reason", async () => {
    const time = Date.parse("2026-03-01T10:00:00Z");
    await fill([meta("1", { time }), meta("2"), meta("3"), tiktok("4")], { 2: "refused", 3: "expired", 4: "attempts" });
    const { code, json } = await beaconryJson(["outbox", "status", "--outbox", path]);
    expect({ code, json }).toEqual({
      code: 0,
      json: {
        outbox: path,
        waiting: 1,
        dead: 3,
        destinations: [
          {
            name: "meta",
            waiting: 1,
            oldest: "2026-03-01T10:00:00.000Z",
            dead: { refused: 1, expired: 1, attempts: 0 },
          },
          { name: "tiktok", waiting: 0, dead: { refused: 0, expired: 0, attempts: 1 } },
        ],
      },
    });
    const words = await beaconry(["outbox", "status"], { env: { BEACONRY_OUTBOX: `sqlite:${path}` } });
    expect(words).toMatchObject({ code: 0, stderr: "" });
    expect(words.stdout).toContain(`${path}  1 waiting, 3 dead\n`);
    expect(words.stdout).toMatch(/^ {2}meta {15}1 {2}\d+ days.* ago {2}1 refused, 1 expired$/m);
    expect(words.stdout).toMatch(/^ {2}tiktok {13}0 {2}– {2,}1 attempts$/m);
  });

  it("makes no file, and says what is wrong with one that is none of its own", async () => {
    expect(await beaconry(["outbox", "status", "--outbox", path])).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: --outbox: there is no outbox at ${path}\n`,
    });
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "some notes, longer than the header of a file of SQLite would be: ".repeat(4));
    const { code, stderr } = await beaconryJson(["outbox", "status", "--outbox", path]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: "failed",
      message: expect.stringContaining("no SQLite file"),
    });
  });
});

describe("beaconry outbox dead, replay, purge", () => {
  beforeEach(async () => {
    const young = { time: Date.now(), expiresAt: Date.now() + 3_600_000 };
    const old = { time: 5, expiresAt: 6 };
    await fill([meta("1", young), meta("2", young), meta("3", old), tiktok("4")], {
      1: "refused",
      2: "attempts",
      3: "expired",
      4: "refused",
    });
  });

  it("lists letters by destination, reason and page, without what was sent unless it is asked for", async () => {
    const list = async (...args: string[]) => (await beaconryJson(["outbox", "dead", "--outbox", path, ...args])).json;
    const { letters, next } = await list("--destination", "meta", "--limit", "2");
    expect(letters.map(({ id }: { id: string }) => id)).toEqual(["1", "2"]);
    expect(Object.keys(letters[0])).toEqual(["key", "destination", "name", "id", "time", "diedAt", "reason", "detail"]);
    expect(letters[0]).toMatchObject({ name: "Purchase", reason: "refused", detail: "code 100: 1" });
    const rest = await list("--destination", "meta", "--after", next);
    expect(rest.letters).toMatchObject([{ id: "3", reason: "expired", time: "1970-01-01T00:00:00.005Z" }]);
    expect(rest.next).toBeUndefined();
    expect((await list("--reason", "attempts", "--bodies")).letters).toMatchObject([{ id: "2", group: "", body }]);

    const words = await beaconry(["outbox", "dead", "--outbox", path]);
    expect(words.stdout).toMatch(/^\S+Z {2}tiktok {2}Purchase {2}4\n {2}refused {2}code 100: 4$/m);
    expect(words.stdout).not.toContain(hash);
    expect((await beaconry(["outbox", "dead", "--outbox", path, "--bodies"])).stdout).toContain(hash);
  });

  it("puts letters back, and says how many must stay", async () => {
    expect((await beaconryJson(["outbox", "replay", "--outbox", path, "--destination", "meta"])).json).toEqual({
      replayed: 2,
      left: 1,
    });
    await withOutbox(path, async (outbox) => {
      expect((await outbox.take("meta", 9)).parcels.map(({ id }) => id)).toEqual(["1", "2"]);
    });
    expect((await beaconry(["outbox", "replay", "--outbox", path])).stdout).toBe(
      "1 dead letter put back; 1 stay dead, too old for the vendor by now\n",
    );
  });

  it("deletes letters when told --yes, and asks for that where nobody can be asked", async () => {
    const purge = ["outbox", "purge", "--outbox", path, "--reason", "refused"];
    expect(await beaconry(purge)).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: what is purged is gone: say --yes\n",
    });
    expect((await beaconryJson([...purge, "--yes"])).json).toEqual({ purged: 2 });
    expect((await beaconry(["outbox", "purge", "--outbox", path, "-y"])).stdout).toBe("2 dead letters deleted\n");
    await withOutbox(path, async (outbox) => expect(await outbox.deadLetters()).toEqual([]));
  });
});

describe("beaconry outbox move", () => {
  it("takes everything over: ids, attempts, due times, dead letters, and what may be reported once only", async () => {
    const to = join(makeFolder(), "to.db");
    const later = Date.now() + 7_200_000;
    const before = await withOutbox(path, async (outbox) => {
      await outbox.add([meta("1", { group: "g", time: 7 }), meta("2"), meta("3"), tiktok("4")]);
      const [first, second] = (await outbox.take("meta", 2)).parcels;
      await outbox.settle([
        { key: first?.key ?? "", outcome: "retry", at: later, counted: true },
        { key: second?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" },
      ]);
      await outbox.add([meta("5", { once: "device" })]);
      return outbox.deadLetters();
    });
    const { code, json } = await beaconryJson(["outbox", "move", "--to", to], { env: { BEACONRY_OUTBOX: path } });
    expect({ code, json }).toEqual({
      code: 0,
      json: { from: path, to, events: 4, duplicates: 0, deadLetters: 1, left: 0 },
    });
    expect(statSync(to).mode & 0o777).toBe(0o600);
    await withOutbox(to, async (outbox) => {
      expect(await outbox.deadLetters()).toEqual(before);
      const { parcels, nextDueAt } = await outbox.take("meta", 9);
      expect(parcels.map(({ id, attempts }) => [id, attempts])).toEqual([
        ["3", 0],
        ["5", 0],
      ]);
      expect(nextDueAt).toBeLessThan(later);
      const rest = await outbox.takeAll("meta", 9);
      expect(rest.find(({ id }) => id === "1")).toMatchObject({
        ...meta("1", { group: "g", time: 7 }),
        attempts: 1,
        dueAt: later,
      });
      expect((await outbox.take("tiktok", 9)).parcels).toMatchObject([tiktok("4")]);
      expect(await outbox.add([meta("6", { once: "device" }), meta("3")])).toEqual(["duplicate", "duplicate"]);
      expect((await outbox.onceKeys({ limit: 9 })).keys).toEqual([toOnceKey("meta", "device")]);
    });
    await withOutbox(path, async (outbox) => {
      expect([await outbox.waiting(), await outbox.deadLetters()]).toEqual([0, []]);
    });
  });

  it("goes on where it broke off: nothing is lost and nothing is there twice", { timeout: 60_000 }, async () => {
    const to = join(makeFolder(), "to.db");
    const events = 6_000;
    const letters = 1_000;
    await withOutbox(path, async (outbox) => {
      await addMany(outbox, events + letters);
      for (let at = 0; at < letters; at += 500) {
        const { parcels } = await outbox.take("meta", 500);
        await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason: "refused", detail: "" })));
      }
    });
    let kills = 0;
    let left = events;
    for (let run = 1; left > 0 && run < 100; run++) {
      const child = start(["outbox", "move", "--from", path, "--to", to, "--json"]);
      const closed = once(child, "close");
      // At another moment each time: after the target's log has changed so often.
      const log = `${to}-wal`;
      const sizeOf = () => statSync(log, { throwIfNoEntry: false })?.size;
      for (let changes = 0, size = sizeOf(); changes < 2 + 2 * (run % 3) && child.exitCode === null; await sleep(1)) {
        if (sizeOf() === size) continue;
        size = sizeOf();
        changes++;
      }
      if (child.exitCode === null) kills++;
      child.kill("SIGKILL");
      await closed;
      left = await withOutbox(path, async (outbox) => (await outbox.waiting()) + (await outbox.deadLetters()).length);
    }
    expect(kills).toBeGreaterThan(1);
    expect(left).toBe(0);
    await withOutbox(to, async (outbox) => {
      const ids: string[] = [];
      for (;;) {
        const parcels = await outbox.takeAll("meta", 1_000);
        if (parcels.length === 0) break;
        ids.push(...parcels.map(({ id }) => id));
        await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      }
      const dead = (await outbox.deadLetters()).map(({ id }) => id);
      const all = [...dead, ...ids].map(Number).sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: events + letters }, (_, index) => index));
      expect(dead.length).toBe(letters);
      expect((await outbox.onceKeys({ limit: 100_000 })).keys.length).toBe(events + letters);
    });
  });

  it("stops between two steps when asked to, and says what is done", { timeout: 30_000 }, async () => {
    const events = 30_000;
    await withOutbox(path, async (outbox) => {
      await addMany(outbox, events);
    });
    const to = join(makeFolder(), "to.db");
    const child = start(["outbox", "move", "--from", path, "--to", to]);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      if (chunk.startsWith("Nothing may deliver")) setTimeout(() => child.kill("SIGINT"), 100);
    });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: stopped\. [\d,]+ events and 0 dead letters moved so far, nothing is lost: run it again/m,
    );
    const sum = async (file: string) => withOutbox(file, (outbox) => outbox.waiting());
    expect((await sum(path)) + (await sum(to))).toBe(events);
  });

  it("does not move an outbox into itself, however it is written", async () => {
    await fill([meta("1")]);
    const { code, stderr } = await beaconry([
      "outbox",
      "move",
      "--from",
      path,
      "--to",
      `sqlite:${join(path, "..", "outbox.db")}`,
    ]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "error: --from and --to are the same outbox\n" });
  });
});
