import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createTracker, metaConversions, type Outbox, tiktokEvents } from "../../src/index.js";
import { salvageOutbox, sqliteJournal } from "../../src/sqlite/index.js";
import { readFault } from "../../src/sqlite/store-error.js";
import { consent, tokens, webContext } from "../shop.js";
import { openOutbox, outboxFile } from "./outbox-file.js";
import { parcel } from "./parcel.js";

const { workers } = vi.hoisted(() => ({ workers: [] as Worker[] }));

/** The threads of the outboxes under test, so that a test can end one. */
vi.mock("node:worker_threads", async (original) => {
  const actual = await original<typeof import("node:worker_threads")>();
  class Worker extends actual.Worker {
    constructor(...args: ConstructorParameters<typeof actual.Worker>) {
      super(...args);
      workers.push(this);
    }
  }
  return { ...actual, Worker };
});

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const many = (count: number, name = "") => Array.from({ length: count }, (_, index) => parcel(`${name}${index}`));

/** The ids of everything that waits, taken. */
async function takeAll(outbox: Outbox): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { parcels } = await outbox.take("d", 1_000);
    if (parcels.length === 0) return ids;
    ids.push(...parcels.map(({ id }) => id));
  }
}

describe("kill -9", () => {
  it("loses nothing that was acknowledged, and keeps nothing twice", { timeout: 60_000 }, async () => {
    const file = outboxFile();
    const folder = dirname(file);
    await build({
      entryPoints: [path("./writer.ts"), path("../../src/sqlite/sqlite-worker.ts")],
      outdir: folder,
      entryNames: "[name]",
      outExtension: { ".js": ".js" },
      bundle: true,
      platform: "node",
      format: "esm",
      splitting: true,
    });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    let acknowledged = "";
    for (let run = 0; run < 5; run++) {
      const writer = spawn(process.execPath, [join(folder, "writer.js"), file, `${run}`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      writer.stdout.setEncoding("utf8").on("data", (text) => {
        acknowledged += text;
      });
      await once(writer.stdout, "data");
      await sleep(Math.random() * 150);
      writer.kill("SIGKILL");
      await once(writer, "close");
      // The last line may be cut.
      acknowledged = acknowledged.slice(0, acknowledged.lastIndexOf("\n") + 1);
    }
    const kept = await takeAll(openOutbox({ path: file }));
    expect(new Set(kept).size).toBe(kept.length);
    const there = new Set(kept);
    const ids = acknowledged.trim().split("\n");
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((id) => !there.has(id))).toEqual([]);
  });
});

describe("a full disk", () => {
  it("refuses what does not fit, keeps and delivers what it has, and then takes more", async () => {
    const outbox = openOutbox({ maxBytes: 1_000_000 });
    const body = JSON.stringify({ text: "x".repeat(2_000) });
    const add = (name: string) => outbox.add(many(100, name).map((one) => ({ ...one, body })));
    let added = 0;
    const refusal = await (async () => {
      for (;;) {
        const error = await add(`${added}-`).catch((error) => error);
        if (error instanceof Error) return error;
        added++;
      }
    })();
    expect(refusal).toMatchObject({ code: "outbox_full", message: expect.stringMatching(/at most 1000000 bytes/) });
    expect(await outbox.waiting()).toBe(added * 100);
    const { parcels } = await outbox.take("d", 200);
    expect(parcels.length).toBe(200);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    expect(await add("again")).toContain("added");
  });
});

it("goes on beside somebody who reads for long, and empties its log afterwards", async () => {
  const file = outboxFile();
  const outbox = openOutbox({ path: file });
  await outbox.add([parcel("first")]);
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec("BEGIN; SELECT count(*) FROM segments");
  const body = "x".repeat(10_000);
  await outbox.add(many(7_000).map((one) => ({ ...one, body })));
  const log = () => statSync(`${file}-wal`).size;
  expect(log()).toBeGreaterThan(64_000_000);
  // Each would wait for the reader, five seconds long: more than a test may take.
  for (const one of many(20, "more ")) expect(await outbox.add([one])).toEqual(["added"]);
  reader.close();
  await outbox.add([parcel("last")]);
  expect(log()).toBeLessThan(1_000_000);
});

describe("a file that can not be used", () => {
  const refusal = (file: string) => {
    try {
      openOutbox({ path: file });
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it("is refused and left as it is when it is no SQLite file", () => {
    const file = outboxFile();
    writeFileSync(file, "invoices, not events\n".repeat(1_000));
    chmodSync(file, 0o644);
    const before = readFileSync(file);
    expect(refusal(file)).toMatchObject({
      name: "BeaconryError",
      code: "outbox_failed",
      message: expect.stringMatching(/outbox\.db is corrupt, or no SQLite file\. It is left as it is/),
    });
    expect(readFileSync(file)).toEqual(before);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it("is refused and left as it is when it belongs to another program", () => {
    const file = outboxFile();
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE invoices (id INTEGER)");
    database.close();
    // Its own program may run as somebody else.
    chmodSync(file, 0o664);
    const before = readFileSync(file);
    expect(refusal(file)).toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/of another program/),
    });
    expect(readFileSync(file)).toEqual(before);
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o664);
  });

  it("is refused and left as it is when a newer version wrote it", async () => {
    const file = outboxFile();
    await openOutbox({ path: file }).close();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    const before = readFileSync(file);
    expect(refusal(file)).toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/newer Beaconry \(schema 99, this one knows 1\)/),
    });
    expect(readFileSync(file)).toEqual(before);
  });

  it("is refused when its folder is missing, or it is a folder", () => {
    const file = outboxFile();
    expect(refusal(join(file, "outbox.db"))).toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/can not be opened/),
    });
    mkdirSync(file);
    expect(refusal(file)).toMatchObject({ code: "outbox_failed", message: expect.stringMatching(/can not be opened/) });
  });

  it.skipIf(process.getuid?.() === 0)("is refused when it may not be written", async () => {
    const file = outboxFile();
    await openOutbox({ path: file }).close();
    chmodSync(file, 0o400);
    expect(refusal(file)).toMatchObject({ code: "outbox_failed", message: expect.stringMatching(/can not be opened/) });
  });

  it("is refused with the Node that it needs where there is no node:sqlite", () => {
    const missing = Object.assign(new Error("No such built-in module: node:sqlite"), {
      code: "ERR_UNKNOWN_BUILTIN_MODULE",
    });
    expect(readFault(missing, "shop.db")).toEqual({
      code: "outbox_failed",
      message: `shop.db needs node:sqlite: accepted is Node 22.19 or later, this is ${process.version}`,
    });
  });

  it("is made readable by its owner only when it was not", async () => {
    const file = outboxFile();
    await openOutbox({ path: file }).close();
    chmodSync(file, 0o644);
    const outbox = openOutbox({ path: file });
    await outbox.add([parcel("1")]);
    for (const end of ["", "-wal", "-shm"]) expect(statSync(file + end).mode & 0o777).toBe(0o600);
    await outbox.close();
  });

  it("gives what is readable after it was cut short, and says that it is corrupt", async () => {
    const file = outboxFile();
    const body = JSON.stringify({ text: "x".repeat(5_000) });
    const before = openOutbox({ path: file });
    for (let part = 0; part < 20; part++) {
      await before.add(many(10, `${part}-`).map((one) => ({ ...one, body })));
    }
    await before.close();
    truncateSync(file, statSync(file).size / 2);
    const error = await (async () => takeAll(openOutbox({ path: file })))().catch((error) => error);
    expect(error).toMatchObject({ code: "outbox_failed", message: expect.stringMatching(/is corrupt/) });

    const salvaged = join(dirname(file), "salvaged.db");
    const found = salvageOutbox({ from: file, to: salvaged });
    const outbox = openOutbox({ path: salvaged });
    expect(await outbox.waiting()).toBe(found.parcels);
    const ids = await takeAll(outbox);
    expect(ids.length).toBe(found.parcels);
    expect(ids.slice(0, 50)).toEqual(
      Array.from({ length: 50 }, (_, index) => `${Math.floor(index / 10)}-${index % 10}`),
    );
    expect(found.complete).toBe(false);
  });
});

describe("salvageOutbox", () => {
  it("copies all of a file that is whole: what waits, with its attempts, dead letters and what was seen", async () => {
    const file = outboxFile();
    const before = openOutbox({ path: file, lease: 1 });
    await before.add([parcel("1"), parcel("2"), parcel("3", { once: "device" })]);
    const [first, second] = (await before.take("d", 2)).parcels;
    await before.settle([
      { key: first?.key ?? "", outcome: "retry", at: 1, counted: true },
      { key: second?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" },
    ]);
    await before.close();
    const to = `${file}-salvaged`;
    expect(salvageOutbox({ from: file, to })).toEqual({ parcels: 2, deadLetters: 1, complete: true });
    const after = openOutbox({ path: to });
    expect((await after.take("d", 5)).parcels).toMatchObject([
      { id: "1", attempts: 1 },
      { id: "3", attempts: 0 },
    ]);
    expect(await after.deadLetters()).toMatchObject([{ id: "2", detail: "code 100" }]);
    expect(await after.add([parcel("2"), parcel("4", { once: "device" }), parcel("5")])).toEqual([
      "duplicate",
      "duplicate",
      "added",
    ]);
    expect((await after.take("d", 5)).parcels.map(({ key }) => key)).not.toContain(first?.key);
    expect(() => salvageOutbox({ from: file, to })).toThrow(/exists already/);
  });
});

describe("a file that lies elsewhere, behind a symbolic link", () => {
  it("is looked after where it lies", async () => {
    const file = outboxFile();
    const link = outboxFile();
    symlinkSync(file, link);
    const outbox = openOutbox({ path: link });
    const reader = new DatabaseSync(file);
    reader.exec("BEGIN; SELECT count(*) FROM segments");
    const body = "x".repeat(10_000);
    await outbox.add(many(7_000).map((one) => ({ ...one, body })));
    reader.close();
    await outbox.add([parcel("last")]);
    expect(statSync(`${file}-wal`).size).toBeLessThan(1_000_000);
  });

  it("is salvaged with its log", async () => {
    const file = outboxFile();
    const link = outboxFile();
    symlinkSync(file, link);
    await openOutbox({ path: link }).add(many(3));
    const to = `${link}-salvaged`;
    expect(salvageOutbox({ from: link, to })).toEqual({ parcels: 3, deadLetters: 0, complete: true });
  });
});

it("salvageOutbox leaves nothing behind when it can not be done", () => {
  const from = dirname(outboxFile());
  const to = join(from, "salvaged.db");
  expect(() => salvageOutbox({ from, to })).toThrow(expect.objectContaining({ code: "outbox_failed" }));
  expect(readdirSync(from)).toEqual([]);
});

describe("the thread that writes", () => {
  it("rejects what it was asked when it dies; the next thread has all that was acknowledged", async () => {
    const clock = { time: 1_000_000 };
    const outbox = openOutbox({ now: () => clock.time });
    await outbox.add([parcel("1")]);
    const worker = workers.at(-1);
    const asked = [outbox.add([parcel("2")]), outbox.waiting()];
    const outcomes = Promise.allSettled(asked);
    await worker?.terminate();
    for (const outcome of await outcomes) {
      if (outcome.status === "rejected") {
        expect(outcome.reason).toMatchObject({ code: "outbox_failed", message: expect.stringMatching(/thread/) });
      }
    }
    await expect(outbox.waiting()).rejects.toMatchObject({ code: "outbox_failed" });
    clock.time += 1_000;
    expect(await outbox.add([parcel("1"), parcel("3")])).toEqual(["duplicate", "added"]);
  });

  it("of a journal rejects what it was asked when it dies, and the next one goes on", async () => {
    const clock = { time: 1_000_000 };
    const journal = sqliteJournal({ path: outboxFile(), now: () => clock.time });
    onTestFinished(() => journal.close());
    const login = { name: "Login", time: clock.time, identifiers: [] };
    await journal.record([login]);
    await workers.at(-1)?.terminate();
    await expect(journal.record([login])).rejects.toMatchObject({ code: "journal_failed" });
    clock.time += 1_000;
    await journal.record([login]);
    expect(await journal.status()).toMatchObject({ events: 2 });
  });

  it("says nothing on standard error, and lets a finished process end", { timeout: 20_000 }, async () => {
    const file = outboxFile();
    const folder = dirname(file);
    await build({
      entryPoints: [path("../../src/sqlite/index.ts"), path("../../src/sqlite/sqlite-worker.ts")],
      outdir: folder,
      entryNames: "[name]",
      bundle: true,
      platform: "node",
      format: "esm",
      splitting: true,
    });
    const script = `import { sqliteOutbox } from "./index.js";
      const outbox = sqliteOutbox({ path: ${JSON.stringify(file)} });
      await outbox.add([${JSON.stringify(parcel("1"))}]);
      console.log(await outbox.waiting());`;
    writeFileSync(join(folder, "main.mjs"), script);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const child = spawn(process.execPath, [join(folder, "main.mjs")]);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        said += text;
      });
    }
    const [code] = await once(child, "close");
    expect({ code, said }).toEqual({ code: 0, said: "1\n" });
  });
});

describe("what lies on the disk", () => {
  it("is hashed where it is the person's, and holds no token", async () => {
    const file = outboxFile();
    const outbox = openOutbox({ path: file });
    const tracker = createTracker({
      // Nobody listens there: everything waits.
      destinations: [
        tiktokEvents({ pixelCode: "C0PIXELCODE000000000", accessToken: tokens.tiktok, baseUrl: "http://127.0.0.1:9" }),
        metaConversions({ datasetId: "123456", accessToken: tokens.meta, baseUrl: "http://127.0.0.1:9" }),
      ],
      outbox,
    });
    const user = {
      email: "ada@example.com",
      phone: "+49 30 901820",
      firstName: "Ada",
      lastName: "Lovelace",
      externalId: "customer-77",
    };
    await tracker.track(
      "Purchase",
      { currency: "EUR", value: 21.97 },
      { id: "order-7", consent, context: webContext, user },
    );
    const written = ["", "-wal"]
      .map((end) => readFileSync(file + end, "latin1"))
      .join("")
      .toLowerCase();
    await tracker.close({ timeout: 1 });
    expect(written).toContain("order-7");
    for (const secret of ["ada@example.com", "4930901820", "lovelace", "customer-77", tokens.tiktok, tokens.meta]) {
      expect(written).not.toContain(secret.toLowerCase());
    }
  });
});
