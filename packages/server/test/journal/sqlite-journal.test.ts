import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { funnelReport } from "@beaconry/core/funnel";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTracker, type HashedPerson, type Journal } from "../../src/index.js";
import { sqliteJournal, sqliteOutbox } from "../../src/sqlite/index.js";
import { delivered, stubDestination, stubTransport } from "../delivery/stub.js";
import { outboxFile } from "../outbox/outbox-file.js";
import { appContext, consent, webContext } from "../shop.js";

const day = 86_400_000;
const now = Date.UTC(2026, 9, 1);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function open(more: { keepDays?: number; now?: () => number } = {}) {
  const path = outboxFile();
  const journal = sqliteJournal({ path, now: () => now, ...more });
  onTestFinished(() => journal.close());
  return { path, journal };
}

const mail = (name: string) => `email:${sha256(`${name}@shop.example`)}`;
const browser = (name: string) => `fbp:${sha256(name)}`;

function event(name: string, daysAgo: number, identifiers: readonly string[], more: object = {}) {
  return { name, time: now - daysAgo * day, identifiers, ...more };
}

async function list<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a journal on SQLite", () => {
  it("gives back what it was given, people as numbers, by time and name", async () => {
    const { journal } = open();
    await journal.record([
      event("PageView", 3, [browser("a")]),
      event("Purchase", 2, [browser("a"), mail("ada")], { id: "1", value: 21.97, currency: "EUR" }),
      event("PageView", 1, []),
    ]);
    const events = await list(journal.events());
    const [view, anonymous, purchase] = events;
    expect(events.map(({ name, time }) => [name, (now - time) / day])).toEqual([
      ["PageView", 3],
      ["PageView", 1],
      ["Purchase", 2],
    ]);
    expect(purchase).toMatchObject({ value: 21.97, currency: "EUR" });
    expect(view?.identifiers).toEqual(purchase?.identifiers);
    expect(anonymous?.identifiers).toEqual([]);
    expect(await list(journal.events({ names: ["Purchase", "Unheard"] }))).toHaveLength(1);
    expect(await list(journal.events({ from: now - 2 * day, to: now - day }))).toHaveLength(1);
    expect(await journal.status()).toEqual({ events: 3, people: 1, oldest: now - 3 * day });
  });

  it("keeps an event once, and learns from its copy who it was", async () => {
    const { journal } = open();
    await journal.record([event("Purchase", 1, [browser("a")], { id: "1" })]);
    await journal.record([
      event("Purchase", 1, [mail("ada")], { id: "1" }),
      event("Login", 1, [browser("a"), mail("ada")]),
    ]);
    expect(await journal.status()).toMatchObject({ events: 2, people: 1 });
    await journal.record([event("AddToCart", 1, [browser("a")], { id: "1" })]);
    expect(await journal.status()).toMatchObject({ events: 3, people: 1 });
  });

  it("finds the members of an audience, with every hash by which they are known", async () => {
    const { journal } = open();
    await journal.record([
      event("AddToCart", 3, [browser("left")]),
      event("Login", 5, [browser("left"), mail("ada"), mail("ada.old")]),
      event("AddToCart", 3, [browser("bought")]),
      event("Purchase", 2, [mail("bob")]),
      event("Login", 40, [browser("bought"), mail("bob")]),
      event("AddToCart", 20, [mail("cid")]),
    ]);
    const rule = {
      include: [{ event: "AddToCart", withinDays: 14 }],
      exclude: [{ event: "Purchase", withinDays: 14 }],
    };
    const expected: HashedPerson = {
      email: [sha256("ada@shop.example"), sha256("ada.old@shop.example")].sort(),
      fbp: [sha256("left")],
    };
    expect(await list(journal.members(rule))).toEqual([expected]);
    expect(await list(journal.members(rule, now + 20 * day))).toEqual([]);
  });

  it("reads more than a step", async () => {
    const { journal } = open();
    const many = Array.from({ length: 5_001 }, (_, index) => event("AddToCart", 1, [browser(`${index}`)]));
    await journal.record(many);
    expect(new Set((await list(journal.events())).map(({ identifiers }) => identifiers[0])).size).toBe(5_001);
    expect(await list(journal.members({ include: [{ event: "AddToCart", withinDays: 2 }] }))).toHaveLength(5_001);
    const window = { from: now - 2 * day, to: now };
    expect(await funnelReport(journal.events(), { window })).toMatchObject({ people: 5_001, events: 5_001 });
  });

  it("joins nobody by what too many have in common", async () => {
    const { journal } = open();
    const guest = `externalId:${sha256("guest")}`;
    for (let index = 0; index < 200; index++) {
      await journal.record([event("Login", 1, [guest, mail(`person${index}`)])]);
    }
    // Of the first 63 it can not be told; all others keep to themselves.
    expect((await journal.status()).people).toBeGreaterThan(100);
  });

  it("erases one person whole, in the clear or hashed, however much there is", async () => {
    const { journal } = open();
    const views = Array.from({ length: 4_500 }, () => event("PageView", 1, [browser("a")]));
    await journal.record([...views, event("Login", 1, [browser("a"), mail("ada")]), event("Login", 1, [mail("bob")])]);
    expect(await journal.erase({ email: " ADA@shop.example " })).toBe(4_501);
    expect(await journal.erase({ email: "ada@shop.example" })).toBe(0);
    expect(await journal.status()).toMatchObject({ events: 1, people: 1 });
    expect(await journal.erase({ email: sha256("bob@shop.example") })).toBe(1);
    expect(await journal.status()).toEqual({ events: 0, people: 0 });
  });

  it("leaves nothing of who was erased in its files", async () => {
    const { journal, path } = open();
    await journal.record([
      event("Login", 1, [browser("a"), mail("ada")]),
      event("Login", 1, [mail("bob")]),
      ...Array.from({ length: 2_000 }, (_, index) => event("PageView", 1, [browser("a"), browser(`${index % 60}`)])),
    ]);
    const holds = (name: string) => {
      const files = [path, `${path}-wal`].filter((file) => existsSync(file));
      const hash = Buffer.from(sha256(`${name}@shop.example`), "hex");
      return files.some((file) => readFileSync(file).includes(hash));
    };
    expect(holds("ada")).toBe(true);
    await journal.erase({ email: "ada@shop.example" });
    expect([holds("ada"), holds("bob")]).toEqual([false, true]);
  });

  it("leaves nothing of who was erased in its files, though somebody reads meanwhile", async () => {
    const { journal, path } = open();
    await journal.record([event("Login", 1, [mail("ada")])]);
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec("BEGIN; SELECT count(*) FROM events");
    await journal.erase({ email: "ada@shop.example" });
    reader.close();
    await journal.record([event("Login", 1, [mail("bob")])]);
    const files = [path, `${path}-wal`].map((file) => readFileSync(file));
    const holds = (name: string) =>
      files.some((bytes) => bytes.includes(Buffer.from(sha256(`${name}@shop.example`), "hex")));
    expect([holds("ada"), holds("bob")]).toEqual([false, true]);
  });

  it("erases everybody who has one of the identifiers, also where a step ends with one of them", async () => {
    const { journal } = open();
    const id = `externalId:${sha256("C-7")}`;
    // As many as go in one step.
    const views = Array.from({ length: 2_000 }, () => event("PageView", 1, [mail("ada")]));
    await journal.record([...views, event("Purchase", 1, [id])]);
    expect(await journal.status()).toMatchObject({ people: 2 });
    expect(await journal.erase({ email: "ada@shop.example", externalId: "C-7" })).toBe(2_001);
    expect(await journal.status()).toEqual({ events: 0, people: 0 });
  });

  it("keeps nobody of whom it has no event, and joins nobody by an event's id", async () => {
    let time = now;
    const { journal } = open({ keepDays: 30, now: () => time });
    await journal.record([event("Purchase", 1, [browser("a")], { id: "1" }), event("Lead", 1, [], { id: "2" })]);
    // Copies, whoever sends them.
    await journal.record([
      event("Purchase", 1, [mail("ada")], { id: "1" }),
      event("Lead", 1, [mail("bob")], { id: "2" }),
    ]);
    expect(await journal.status()).toMatchObject({ events: 2, people: 1 });
    const members = await list(journal.members({ include: [{ event: "Purchase", withinDays: 2 }] }));
    expect(members).toEqual([{ fbp: [sha256("a")] }]);
    // One who is known already may be known by more.
    await journal.record([event("Purchase", 1, [browser("a"), mail("ada")], { id: "1" })]);
    expect(await journal.erase({ email: "ada@shop.example" })).toBe(1);
    time += 31 * day;
    await journal.record([]);
    expect(await journal.status()).toEqual({ events: 0, people: 0 });
  });

  it("forgets events after their time, and people of whom nothing is left", async () => {
    let time = now;
    const { journal } = open({ keepDays: 30, now: () => time });
    await journal.record([
      event("PageView", 31, [mail("late")]),
      event("PageView", 29, [mail("ada")]),
      event("Login", 1, [mail("bob")]),
    ]);
    expect(await journal.status()).toMatchObject({ events: 2, people: 2 });
    time += 2 * day;
    await journal.record([]);
    expect(await journal.status()).toEqual({ events: 1, people: 1, oldest: now - day });
  });

  it("keeps what it has when it is opened again, readable by its owner only", async () => {
    const { journal, path } = open();
    await journal.record([event("Login", 1, [mail("ada")])]);
    await journal.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = sqliteJournal({ path, now: () => now });
    expect(await again.status()).toMatchObject({ events: 1, people: 1 });
    await again.close();
    await expect(again.record([event("Login", 1, [])])).rejects.toMatchObject({ code: "closed" });
  });

  it("says why a file can not be used, and leaves it alone", async () => {
    const outboxPath = outboxFile();
    await sqliteOutbox({ path: outboxPath }).close();
    expect(() => sqliteJournal({ path: outboxPath })).toThrow(
      expect.objectContaining({
        code: "journal_failed",
        message: expect.stringContaining("is another of Beaconry's files, no journal"),
      }),
    );
    const junk = outboxFile();
    writeFileSync(junk, "no database at all, whatever its name may say ".repeat(100));
    // salvageOutbox would make an empty outbox of a journal.
    expect(() => sqliteJournal({ path: junk })).toThrow(
      expect.objectContaining({
        code: "journal_failed",
        message: expect.stringMatching(/^(?!.*salvageOutbox).*is corrupt, or no SQLite file/s),
      }),
    );
    expect(readFileSync(junk, "utf8")).toContain("no database at all");
    const newer = outboxFile();
    await sqliteJournal({ path: newer }).close();
    const database = new DatabaseSync(newer);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => sqliteJournal({ path: newer })).toThrow(
      expect.objectContaining({ message: expect.stringContaining("newer") }),
    );
    expect(() => sqliteJournal({ path: newer, keepDays: 0 })).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });

  it("refuses identifiers that are no hashes, and keeps nothing of the call", async () => {
    const { journal } = open();
    await expect(
      journal.record([event("Login", 1, [mail("ada")]), event("Login", 1, ["email:ada@shop.example"])]),
    ).rejects.toMatchObject({ code: "invalid_option", message: expect.not.stringContaining("ada@") });
    expect(await journal.status()).toMatchObject({ events: 0 });
  });
});

describe("a tracker with a journal", () => {
  function track(journal: Journal) {
    const { transport } = stubTransport(() => delivered);
    const tracker = createTracker({ destinations: [stubDestination("stub")], transport, journal });
    onTestFinished(async () => void (await tracker.close({ timeout: 100 })));
    return tracker;
  }

  it("notes what was accepted, with hashes only", async () => {
    const { journal, path } = open({ now: Date.now });
    const tracker = track(journal);
    const user = { email: "Ada@Shop.example", phone: "030 901820", country: "de", externalId: "C-7" };
    await tracker.track("Purchase", { value: 5, currency: "EUR" }, { context: webContext, consent, user });
    await tracker.track("MobileAppInstall", {}, { context: appContext(7), consent });
    const [person] = await list(journal.members({ include: [{ event: "Purchase", withinDays: 1 }] }));
    expect(person).toEqual({
      email: [sha256("ada@shop.example")],
      phone: [sha256("+4930901820")],
      externalId: [sha256("C-7")],
      fbp: [sha256(webContext.clicks?.fbp ?? "")],
    });
    const [device] = await list(journal.members({ include: [{ event: "MobileAppInstall", withinDays: 1 }] }));
    expect(device).toEqual({ gaid: [sha256("38400000-8cf0-11bd-b23e-000000000007")] });
    await journal.close();
    const bytes = readFileSync(path, "latin1").toLowerCase();
    for (const secret of ["ada@", "30901820", "c-7", "38400000", webContext.clicks?.fbp ?? ""]) {
      expect(bytes).not.toContain(secret);
    }
  });

  it("notes nothing that goes nowhere", async () => {
    const { journal } = open({ now: Date.now });
    const { transport } = stubTransport(() => delivered);
    const refusing = stubDestination("stub", { build: () => ({ issues: [] }) });
    await using tracker = createTracker({ destinations: [refusing], transport, journal });
    await tracker.track("Contact", {}, { context: webContext, consent });
    expect(await journal.status()).toMatchObject({ events: 0 });
  });

  it("sends events all the same when the journal fails, and says so", async () => {
    const { journal } = open();
    await journal.close();
    const tracker = track(journal);
    const news: unknown[] = [];
    tracker.on("journalFailed", (one) => news.push(one));
    const result = await tracker.track("Contact", {}, { context: webContext, consent });
    expect(result.queued).toEqual(["stub"]);
    expect(news).toEqual([{ events: 1, detail: "the journal is closed" }]);
    expect(await tracker.flush()).toMatchObject({ delivered: 1 });
  });

  it("sends events all the same when a journal of one's own throws at once, or says nothing", async () => {
    const throwing = () => {
      throw new Error("no");
    };
    for (const [record, failed] of [
      [throwing, 1],
      [() => undefined, 0],
    ] as const) {
      const tracker = track({ record } as never);
      const news: unknown[] = [];
      tracker.on("journalFailed", (one) => news.push(one));
      const result = await tracker.track("Contact", {}, { context: webContext, consent });
      expect(result.queued).toEqual(["stub"]);
      expect(news).toHaveLength(failed);
      expect((await tracker.status()).destinations).toMatchObject([{ accepted: 1 }]);
    }
  });

  it("notes an event that plain JavaScript tracks without properties", async () => {
    const { journal } = open({ now: Date.now });
    const tracker = track(journal);
    for (const properties of [undefined, null]) {
      const result = await tracker.track("Contact", properties as never, { context: webContext, consent });
      expect(result.queued).toEqual(["stub"]);
    }
    expect(await journal.status()).toMatchObject({ events: 2 });
  });
});
