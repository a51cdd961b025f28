import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sqliteJournal } from "../../src/sqlite/index.js";
import { beaconry, beaconryJson, makeFolder } from "./beaconry.js";

const day = 86_400_000;
const to = Date.UTC(2026, 9, 1);

async function makeJournal(): Promise<string> {
  const path = join(makeFolder(), "journal.db");
  const journal = sqliteJournal({ path, now: () => to });
  const person = (name: string) => [`externalId:${createHash("sha256").update(name).digest("hex")}`];
  const event = (daysAgo: number, name: string, who: string, more = {}) => ({
    name,
    time: to - daysAgo * day,
    identifiers: person(who),
    ...more,
  });
  await journal.record([
    event(60, "Purchase", "dee", { value: 10, currency: "EUR" }),
    event(9, "PageView", "ann"),
    event(8, "AddToCart", "ann"),
    event(6, "Purchase", "ann", { value: 1234.5, currency: "EUR" }),
    event(9, "PageView", "bob"),
    event(3, "Purchase", "dee", { value: 65.5, currency: "EUR" }),
  ]);
  await journal.close();
  return path;
}

const args = (journal: string) => ["funnel", journal, "--to", String(to), "--days", "30", "--spend", "650EUR"];

describe("beaconry funnel", () => {
  it("draws people in each stage, the ways between them and what it brought", async () => {
    const { code, stdout, stderr } = await beaconry(args(await makeJournal()));
    expect([code, stderr]).toEqual([0, ""]);
    const bar = (length: number) => "█".repeat(length).padEnd(30);
    expect(stdout.split("\n")).toEqual([
      "Funnel, 2026-09-01 to 2026-10-01",
      "3 people, 5 events",
      "",
      `stage            ${" ".repeat(30)}  people  entered here    left  skipped it`,
      `Consideration    ${bar(30)}       2             2  50.0 %           1`,
      `Purchase intent  ${bar(15)}       1             0   0.0 %           1`,
      `Purchase         ${bar(30)}       2             1  50.0 %           0`,
      `Loyalty          ${bar(15)}       1             0       –           0`,
      "",
      "from             to               people  median  9 of 10 within",
      "Consideration    Purchase intent       1   1.0 d           1.0 d",
      "Purchase intent  Purchase              1   2.0 d           2.0 d",
      "Purchase         Loyalty               1   0.0 s           0.0 s",
      "",
      "Orders             2",
      "Revenue            1,300.00 EUR",
      "An order is worth  650.00 EUR",
      "New buyers         1, 1,234.50 EUR",
      "Returning buyers   1, 65.50 EUR",
      "Return on ad spend 2.00",
      "",
    ]);
  });

  it("gives the whole report as JSON, and as a page that asks for nothing", async () => {
    const path = await makeJournal();
    const html = join(makeFolder(), "report.html");
    const { code, json } = await beaconryJson([...args(path), "--html", html]);
    expect([code, json]).toEqual([
      0,
      expect.objectContaining({ people: 3, orders: 2, roas: 2, revenue: { EUR: 1300 } }),
    ]);
    const page = readFileSync(html, "utf8");
    expect(page).toContain("1,300.00 EUR");
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
  });

  it("says where the page could not be written", async () => {
    const path = join(makeFolder(), "missing", "report.html");
    expect(await beaconry([...args(await makeJournal()), "--html", path])).toMatchObject({
      code: 2,
      stderr: `error: --html ${path} can not be written: ENOENT\n`,
    });
  });

  it("makes no journal where there is none, and says what it accepts", async () => {
    const path = join(makeFolder(), "none.db");
    const missing = await beaconry(["funnel", path]);
    expect([missing.code, missing.stderr]).toEqual([2, `error: there is no file ${path}\n`]);
    expect(existsSync(path)).toBe(false);
    const wrong = await beaconry(["funnel", path, "--spend", "much"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("such as 450EUR")]);
  });
});
