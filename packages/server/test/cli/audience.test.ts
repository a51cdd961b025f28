import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { sqliteJournal } from "@beaconry/server/sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beaconry, beaconryJson, makeFolder, start } from "./beaconry.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ audienceDelay: 0 });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const sha256 = (value: string) => createHash("sha256").update(value).digest("hex");
const emailOf = (number: number) => `person${number}@shop.example`;
const at = (folder: string) => ["--config", join(folder, "beaconry.config.json"), "--sandbox", sandbox.url];

/** Twelve hundred people put something into the cart, every sixth bought; a hundred did so long ago. */
async function makeJournal(path: string): Promise<void> {
  const journal = sqliteJournal({ path });
  const day = 86_400_000;
  const event = (name: string, person: number, daysAgo: number) => ({
    name,
    id: `${name}-${person}`,
    time: Date.now() - daysAgo * day,
    identifiers: [`email:${sha256(emailOf(person))}`],
  });
  const carts = Array.from({ length: 1_300 }, (_, person) => event("AddToCart", person, person < 1_200 ? 3 : 20));
  const orders = Array.from({ length: 200 }, (_, number) => event("Purchase", number * 6, 2));
  await journal.record([...carts, ...orders]);
  await journal.close();
}

function makeCsv(folder: string): string {
  const path = join(folder, "people.csv");
  const rows = Array.from({ length: 1_500 }, (_, row) => `${row % 10 === 0 ? "nobody" : emailOf(row)},x`);
  writeFileSync(path, ["Mail,Name", ...rows].join("\n"));
  return path;
}

describe("beaconry audience", () => {
  it("brings those who put something into the cart and bought nothing from a journal to an audience, at once", async () => {
    const folder = makeFolder();
    const path = join(folder, "journal.db");
    await makeJournal(path);
    const { code, stdout, stderr } = await beaconry([
      ...["audience", "sync", "--journal", path, "--include", "AddToCart:14d", "--exclude", "Purchase:14d"],
      ...["--name", "Carts", ...at(folder)],
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("1,000 people: 1,000 valid, 0 duplicate, 0 invalid");
    const [audience] = sandbox.audiences();
    expect(audience).toMatchObject({ name: "Carts", calculateType: "MULTIPLE_TYPES" });
    expect([...(audience?.members() ?? [])].sort()).toEqual(
      Array.from({ length: 1_200 }, (_, person) => person)
        .filter((person) => person % 6 !== 0)
        .map((person) => sha256(emailOf(person)))
        .sort(),
    );
    const rule = join(folder, "rule.json");
    writeFileSync(rule, JSON.stringify({ include: [{ event: "AddToCart", withinDays: 30, atLeast: 1 }] }));
    const more = ["audience", "sync", "--journal", path, "--rule", rule, "--name", "Carts", "--action", "append"];
    expect((await beaconryJson([...more, ...at(folder)])).json).toMatchObject({ counts: { valid: 1_300 } });
    expect(sandbox.audiences()).toMatchObject([{ size: 1_300 }]);
  });

  it("brings a CSV by the columns that are named, lists audiences and shows the runs", async () => {
    const folder = makeFolder();
    const sync = ["audience", "sync", "--csv", makeCsv(folder), "--name", "Customers", "--schema", "email"];
    const unnamed = await beaconry([...sync, "--column", "email=Name 2", ...at(folder)]);
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining("has no column Name 2: see --column") });
    const untitled = join(folder, "untitled.csv");
    writeFileSync(untitled, "Name\nada\n");
    const untold = await beaconry(["audience", "sync", "--csv", untitled, "--name", "Untold", ...at(folder)]);
    expect(untold).toMatchObject({ code: 2, stderr: expect.stringMatching(/no column with a usual title.* --column/) });
    const { code, json } = await beaconryJson([...sync, "--column", "email=Mail", ...at(folder)]);
    expect([code, json]).toEqual([
      0,
      expect.objectContaining({
        action: "replace",
        status: "done",
        counts: { total: 1_500, valid: 1_350, duplicate: 0, invalid: 150, reasons: { email: 150 }, valuesLeftOut: 0 },
        audienceId: sandbox.audiences()[0]?.id,
      }),
    ]);
    const list = await beaconry(["audience", "list", ...at(folder)]);
    expect(list.stdout).toMatch(/^Customers +73\d+ +Customer File Audience +email +1,350 +yes/m);
    const history = await beaconry(["audience", "history", "--name", "Customers", ...at(folder)]);
    expect(history.stdout).toMatch(/replace +failed.*has no column.*replace +done +1,500 +1,350 +150 +1 +73/s);
    expect(history.stdout + readFileSync(join(folder, ".beaconry", ".gitignore"), "utf8")).not.toContain("@");
    expect((await beaconry(["audience", "list", "--json", ...at(folder)])).stdout.trim().split("\n")).toHaveLength(1);
  });

  it("runs when it is due, and ends when it is asked to", async () => {
    const folder = makeFolder();
    const sync = ["audience", "sync", "--csv", makeCsv(folder), "--name", "Nightly", "--json", ...at(folder)];
    const child = start([...sync, "--cron", "* * * * * *", "--time-zone", "Europe/Berlin"]);
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const [[code], stdout] = await Promise.all([once(child, "close"), text(child.stdout)]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ status: "done" });
    const past = new Date(Date.now() - 1_000).toISOString();
    const afterwards = await beaconry([...sync.slice(0, 4), "--name", "Once", "--at", past, "--json", ...at(folder)]);
    expect(JSON.parse(afterwards.stdout)).toMatchObject({ status: "done" });
  });

  it.each<[string, string[]]>([
    ["one of --csv and --journal", ["--name", "a"]],
    ["one of --name and --id", ["--csv", "a.csv"]],
    ["--include or --rule", ["--journal", "a.db", "--name", "a"]],
    ["--include AddToCart is no condition", ["--journal", "a.db", "--name", "a", "--include", "AddToCart"]],
    ["--journal: there is no file", ["--journal", "a.db", "--name", "a", "--include", "AddToCart:1d"]],
    ["--column mail=x", ["--csv", "a.csv", "--name", "a", "--column", "mail=x"]],
    ["ENOENT", ["--csv", "none.csv", "--name", "a"]],
    ["error: --cron is no pattern: x, accepted is", ["--csv", "none.csv", "--name", "a", "--cron", "x"]],
    [
      "error: --time-zone is no IANA time zone: Mars",
      ["--csv", "none.csv", "--name", "a", "--cron", "0 2 * * *", "--time-zone", "Mars"],
    ],
    ["error: --name is ", ["--csv", "none.csv", "--name", ""]],
    ["--time-zone is for --cron", ["--csv", "none.csv", "--name", "a", "--time-zone", "UTC"]],
    ["--exclude is for --journal", ["--csv", "none.csv", "--name", "a", "--exclude", "Purchase:14d"]],
    ["--include is for --journal", ["--csv", "none.csv", "--name", "a", "--include", "AddToCart:14d"]],
    ["--rule is for --journal", ["--csv", "none.csv", "--name", "a", "--rule", "rule.json"]],
    ["--column is for --csv", ["--journal", "a.db", "--include", "A:1d", "--name", "a", "--column", "email=Mail"]],
  ])("says how it was called in a wrong way: %s", async (message, args) => {
    const run = await beaconry(["audience", "sync", ...args, ...at(makeFolder())]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it("shows no brackets of an empty list in its help", async () => {
    const { stdout } = await beaconry(["audience", "sync", "--help"]);
    expect(stdout).not.toContain("[]");
    expect(stdout.match(/\(default:\s+by\s+usual\s+titles\)/g)).toHaveLength(1);
  });

  it("needs an account and a token, which comes from no option and is in no message", async () => {
    const config = ["--config", join(makeFolder(), "beaconry.config.json")];
    const list = (more: string[], env: NodeJS.ProcessEnv = {}) =>
      beaconry(["audience", "list", ...more, ...config], { env });
    expect(await list([])).toMatchObject({ code: 2, stderr: expect.stringContaining("--account is missing") });
    expect(await list(["--account", "7"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("BEACONRY_TIKTOK_ACCESS_TOKEN"),
    });
    // A sandbox is not given the real one.
    const env = { BEACONRY_TIKTOK_ACCESS_TOKEN: "secret-token-1" };
    expect(await list(["--sandbox", sandbox.url], env)).toMatchObject({ code: 0 });
    expect((await list(["--account", "secret-token-1", "--sandbox", sandbox.url], env)).stderr).not.toContain("secret");
    expect(existsSync("secret-token-1")).toBe(false);
  });
});
