import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import {
  type AudiencePerson,
  audienceHistory,
  type SyncAudienceOptions,
  scheduleAudience,
  syncAudience,
} from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountId, client, hashOf, makeFolder, people, sha256 } from "./audience-people.js";
import { startProxy } from "./audience-proxy.js";

let time = Date.UTC(2026, 0, 31, 12);
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ now: () => time, audienceDelay: 60_000 });
});
beforeEach(() => {
  time = Date.UTC(2026, 0, 31, 12);
  sandbox.reset();
});
afterAll(() => sandbox.close());

/** Sleeping moves the clock, and TikTok's with it. */
const clock = {
  now: () => time,
  sleep: async (milliseconds: number) => {
    time += milliseconds;
  },
};

const options = (more: Partial<SyncAudienceOptions> = {}): SyncAudienceOptions => ({
  audiences: client(sandbox).audiences,
  accountId,
  audience: { name: "Buyers" },
  action: "replace",
  schema: "email",
  state: join(makeFolder(), "state"),
  ...clock,
  ...more,
});

const members = (index = 0) => [...(sandbox.audiences()[index]?.members() ?? [])].sort();
const changes = () => sandbox.audiences()[0]?.history.map(({ action }) => action);
const hashes = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => hashOf(from + at)).sort();

describe("syncAudience", () => {
  it("makes an audience, then appends to it, takes out of it and replaces it", async () => {
    const state = join(makeFolder(), "state");
    const sync = (action: SyncAudienceOptions["action"], from: number, to: number) =>
      syncAudience(options({ state, action, people: people(from, to) }));
    const first = await sync("append", 0, 1_500);
    expect(sandbox.audiences()).toMatchObject([
      { name: "Buyers", accountId, kind: "file", calculateType: "EMAIL_SHA256", status: "processing", size: 1_500 },
    ]);
    expect(members()).toEqual(hashes(0, 1_500));
    await sync("append", 1_000, 2_000);
    expect(members()).toEqual(hashes(0, 2_000));
    await sync("remove", 0, 500);
    expect(members()).toEqual(hashes(500, 2_000));
    await sync("replace", 5_000, 6_000);
    expect(members()).toEqual(hashes(5_000, 6_000));
    expect(changes()).toEqual(["CREATE", "APPEND", "REMOVE", "REPLACE"]);

    const history = await audienceHistory(state);
    expect(history[0]).toEqual(first);
    expect(history.map(({ action, status, audienceId }) => [action, status, audienceId])).toEqual(
      ["append", "append", "remove", "replace"].map((action) => [action, "done", sandbox.audiences()[0]?.id]),
    );
    expect(first).toMatchObject({
      resumed: false,
      started: Date.UTC(2026, 0, 31, 12),
      counts: { total: 1_500, valid: 1_500, duplicate: 0, invalid: 0 },
      files: [{ bytes: 1_500 * 65, filePath: expect.stringMatching(/./) }],
    });
    expect(readdirSync(state).sort()).toEqual(["lock", "state.json"]);
    expect(statSync(join(state, "state.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(state, "state.json"), "utf8")).not.toMatch(/shop\.example|[\da-f]{64}/);
  });

  it("takes a CSV with bad rows, in as many files as their size asks for", async () => {
    const csv = join(makeFolder(), "people.csv");
    const bad = ["", "nobody", "a@b"];
    const rows = Array.from({ length: 20_000 }, (_, row) =>
      row % 20 === 0 ? `${bad[(row / 20) % 3]},x` : `Person${row}@Shop.example,x`,
    );
    writeFileSync(csv, `E-mail,Name\n${rows.join("\n")}\n`);
    const stages: string[] = [];
    const run = await syncAudience(
      options({ csv, largestFile: 100_000, onProgress: ({ stage }) => void stages.push(stage) }),
    );
    expect(run.counts).toEqual({
      total: 20_000,
      valid: 19_000,
      duplicate: 0,
      invalid: 1_000,
      reasons: { missing: 334, email: 666 },
      valuesLeftOut: 0,
    });
    expect(run.files).toHaveLength(13);
    expect(members()).toEqual(
      Array.from({ length: 20_000 }, (_, row) => row)
        .filter((row) => row % 20 !== 0)
        .map(hashOf)
        .sort(),
    );
    expect([...new Set(stages)]).toEqual(["reading", "uploading"]);
  });

  it("has more files than one call takes come one call after the other", async () => {
    const proxy = await startProxy(sandbox.url);
    const all = { audiences: client(proxy).audiences, largestFile: 100_000, state: join(makeFolder(), "state") };
    // 1,538 hashes a file, 49 files a call.
    await syncAudience(options({ ...all, people: people(0, 2_000) }));
    const run = await syncAudience(options({ ...all, people: people(1_000, 81_000) }));
    expect(run.files).toHaveLength(53);
    expect(members()).toEqual(hashes(1_000, 81_000));
    expect(changes()).toEqual(["CREATE", "REPLACE", "APPEND"]);
    expect(proxy.calls.filter((call) => call === "update")).toHaveLength(2);
  });

  it("takes people by what is known of them, in one audience of several types", async () => {
    const known = Array.from({ length: 1_200 }, (_, at): AudiencePerson => {
      const email = sha256(`e${at}`);
      return at % 2 ? { email, phone: `+4930${1_000_000 + at}` } : { email };
    });
    await syncAudience(options({ schema: "multiple", people: () => known }));
    expect(sandbox.audiences()[0]?.size).toBe(1_800);
    expect(sandbox.audiences()[0]?.has(sha256("+49301000001"))).toBe(true);
  });

  it("finds the audience of a name, and makes no second one", async () => {
    await syncAudience(options({ people: people(0, 1_000) }));
    // Another state, so that nothing is known of it.
    await syncAudience(options({ people: people(1_000, 2_000), action: "append" }));
    expect(sandbox.audiences()).toMatchObject([{ size: 2_000 }]);
    const { id = "" } = sandbox.audiences()[0] ?? {};
    await syncAudience(options({ audience: { id }, people: people(0, 1_000), action: "remove" }));
    expect(members()).toEqual(hashes(1_000, 2_000));
  });

  it("waits at the end, when it is asked to, until ads can use the audience", async () => {
    const began = time;
    await syncAudience(options({ people: people(0, 1_000), waitUntilUsable: true }));
    expect(sandbox.audiences()).toMatchObject([{ status: "usable" }]);
    expect(time - began).toBeGreaterThanOrEqual(60_000);
  });

  it("adds nothing when nobody is left", async () => {
    const state = join(makeFolder(), "state");
    await syncAudience(options({ state, people: people(0, 1_000) }));
    const run = await syncAudience(options({ state, action: "append", people: [{ email: "x" }] }));
    expect(run).toMatchObject({ status: "done", files: [], counts: { invalid: 1 } });
    expect(changes()).toEqual(["CREATE"]);
  });

  it.each<[string, Partial<SyncAudienceOptions>, object]>([
    ["too few people", { people: people(0, 999) }, { code: "too_few_people" }],
    ["nothing to remove from", { people: people(0, 1_000), action: "remove" }, { code: "no_such_audience" }],
    ["no audience of the id", { people: people(0, 1_000), audience: { id: "7" } }, { code: "no_such_audience" }],
    ["no permission", { people: people(0, 1_000), accountId: "7" }, { code: 40001 }],
    ["a CSV that is not there", { csv: "none.csv" }, { code: "invalid_option" }],
  ])("says so when there is %s, and logs it", async (_, more, error) => {
    const asked = options(more);
    await expect(syncAudience(asked)).rejects.toMatchObject(error);
    expect(await audienceHistory(asked.state)).toMatchObject([{ status: "failed", error: expect.any(String) }]);
    expect(sandbox.audiences()).toEqual([]);
    expect(existsSync(join(asked.state, "files"))).toBe(false);
  });

  it("says so when the audience has another schema, or the name is not enough", async () => {
    await syncAudience(options({ people: people(0, 1_000) }));
    const phones = options({ schema: "phone", people: people(0, 1_000) });
    await expect(syncAudience(phones)).rejects.toMatchObject({ code: "other_schema" });
    const { audiences } = client(sandbox);
    await audiences.segments.create(accountId, "Buyers");
    const ambiguous = options({ people: people(0, 1_000) });
    await expect(syncAudience(ambiguous)).rejects.toMatchObject({ code: "ambiguous_name" });
  });

  it("says so when the account has no room for another audience", async () => {
    const { audiences } = client(sandbox);
    for (let count = 0; count < 400; count++) await audiences.segments.create(accountId, `Segment ${count}`);
    const asked = options({ people: people(0, 1_000) });
    await expect(syncAudience(asked)).rejects.toMatchObject({ code: "too_many_audiences" });
    await expect(audiences.segments.create(accountId, "One more")).rejects.toMatchObject({ code: 40002 });
  });

  it("says so when TikTok takes no changes yet, and goes on later without another upload", async () => {
    const proxy = await startProxy(sandbox.url);
    const all = { audiences: client(proxy).audiences, state: join(makeFolder(), "state") };
    await syncAudience(options({ ...all, people: people(0, 1_000) }));
    const second = options({ ...all, people: people(1_000, 2_000), action: "append", patience: 10_000 });
    await expect(syncAudience(second)).rejects.toMatchObject({
      code: "not_editable",
      message: expect.stringContaining("48 hours"),
    });
    time += 60_000;
    // Of other people nothing is read: what was uploaded goes first.
    expect(await syncAudience({ ...second, people: [] })).toMatchObject({ status: "done", resumed: true });
    expect(members()).toEqual(hashes(0, 2_000));
    expect(proxy.calls.filter((call) => call === "file/upload")).toHaveLength(2);
    expect((await audienceHistory(all.state)).map(({ status }) => status)).toEqual(["done", "failed", "done"]);
  });

  it("makes one audience when the answer to its making is lost", async () => {
    const proxy = await startProxy(sandbox.url);
    proxy.next("create", "cut");
    const run = await syncAudience(options({ audiences: client(proxy).audiences, people: people(0, 1_000) }));
    expect(sandbox.audiences().map(({ id }) => id)).toEqual([run.audienceId]);
    expect(members()).toEqual(hashes(0, 1_000));
  });

  it("goes on after an outage with what is not uploaded yet", async () => {
    const proxy = await startProxy(sandbox.url);
    const down = { code: 50000, message: "System error" };
    proxy.next("file/upload", "pass", "pass", down, down);
    const asked = options({
      audiences: client(proxy, { attempts: 2 }).audiences,
      people: people(0, 6_000),
      largestFile: 100_000,
    });
    await expect(syncAudience(asked)).rejects.toMatchObject({ code: 50000 });
    expect(await syncAudience(asked)).toMatchObject({ resumed: true, status: "done" });
    // Four files, and the two attempts that failed.
    expect(proxy.calls.filter((call) => call === "file/upload")).toHaveLength(6);
    expect(members()).toEqual(hashes(0, 6_000));
  });

  it("begins anew when its files are gone", async () => {
    const proxy = await startProxy(sandbox.url);
    proxy.next("file/upload", { code: 50000, message: "System error" });
    const asked = options({ audiences: client(proxy, { attempts: 1 }).audiences, people: people(0, 1_000) });
    await expect(syncAudience(asked)).rejects.toMatchObject({ code: 50000 });
    writeFileSync(join(asked.state, "files", "part-1.csv"), "");
    expect(await syncAudience(asked)).toMatchObject({ resumed: false, status: "done" });
    expect(members()).toEqual(hashes(0, 1_000));
  });

  it("begins anew after a refusal", async () => {
    const proxy = await startProxy(sandbox.url);
    proxy.next("create", { code: 40910, message: "file expired" });
    const asked = options({ audiences: client(proxy).audiences, people: people(0, 1_000) });
    await expect(syncAudience(asked)).rejects.toMatchObject({ code: 40910 });
    expect(await syncAudience(asked)).toMatchObject({ resumed: false });
    expect(proxy.calls.filter((call) => call === "file/upload")).toHaveLength(2);
  });

  it("lets one process at a time work with a state, for one audience", async () => {
    const asked = options({ people: people(0, 1_000) });
    const [first, second] = await Promise.allSettled([syncAudience(asked), syncAudience(asked)]);
    expect([first.status, second.status].sort()).toEqual(["fulfilled", "rejected"]);
    expect([first, second].find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "busy" } });
    const other = { ...asked, audience: { name: "Others" } };
    await expect(syncAudience(other)).rejects.toMatchObject({ code: "state_unusable" });
    writeFileSync(join(asked.state, "state.json"), "{");
    await expect(syncAudience(asked)).rejects.toMatchObject({ code: "state_unusable" });
  });

  it.each<[string, object]>([
    ["audience", { audience: { name: "a", id: "1" } }],
    ["audience.name", { audience: { name: "x".repeat(129) } }],
    ["one of people, csv", { people: undefined }],
    ["one of people, csv", { csv: "a.csv" }],
    ["journal and rule", { people: undefined, rule: { include: [] } }],
    ["action", { action: "delete" }],
    ["schema", { schema: "name" }],
    ["csv.columns.mail", { people: undefined, csv: { path: "a", columns: { mail: "x" } } }],
    ["largestFile", { largestFile: 1 }],
    ["retentionDays", { retentionDays: 366 }],
    ["colour is unknown", { colour: 1 }],
  ])("names a wrong option: %s", async (name, more) => {
    const wrong = { ...options({ people: [] }), ...more } as SyncAudienceOptions;
    await expect(syncAudience(wrong)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining(name),
    });
  });

  it("is continued after a kill at any moment: each file goes up once, and one audience is made", async () => {
    const proxy = await startProxy(sandbox.url);
    const csv = join(makeFolder(), "people.csv");
    writeFileSync(csv, ["email", ...people(0, 6_000).map(({ email }) => email)].join("\n"));
    const state = join(makeFolder(), "state");
    let child: ChildProcess | undefined;
    // Killed when TikTok has done what was asked for, and before the answer is there.
    const kill = () => void child?.kill("SIGKILL");
    proxy.next("list", kill);
    proxy.next("file/upload", "pass", kill, "pass", "pass", kill);
    proxy.next("create", kill);
    const exits: unknown[] = [];
    for (let run = 0; run < 5; run++) {
      child = spawn(process.execPath, [...inTypeScript, fromHere("./audience-run.ts"), proxy.url, csv, state]);
      const [code, signal] = await once(child, "close");
      exits.push(signal ?? code);
    }
    expect(exits).toEqual(["SIGKILL", "SIGKILL", "SIGKILL", "SIGKILL", 0]);
    // Four files; two of them again, since the answer to them died with the process.
    expect(proxy.calls.filter((call) => call === "file/upload")).toHaveLength(6);
    expect(proxy.calls.filter((call) => call === "create")).toHaveLength(1);
    expect(sandbox.audiences()).toHaveLength(1);
    expect(members()).toEqual(hashes(0, 6_000));
    const history = await audienceHistory(state);
    expect(history.map(({ status, resumed }) => [status, resumed])).toEqual([
      ["interrupted", false],
      ["interrupted", false],
      ["interrupted", true],
      ["interrupted", true],
      ["done", true],
    ]);
    expect(history.at(-1)?.files).toHaveLength(4);
  });
});

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const inTypeScript = ["--import", fromHere("../threads-in-typescript.mjs")];

describe("scheduleAudience", () => {
  const hour = 3_600_000;

  /** A schedule whose sleep moves the clock, until a moment at which it is closed. */
  async function runUntil(end: number, more: Partial<Parameters<typeof scheduleAudience>[0]>) {
    const runs: { at: number; status: string }[] = [];
    const schedule = scheduleAudience({
      ...options({ people: () => people(0, 1_000) }),
      schedule: { cron: "0 2 * * *", timeZone: "Europe/Berlin" },
      sleep: async (milliseconds) => {
        time += milliseconds;
        if (time >= end) void schedule.close();
      },
      onRun: ({ run, error }) => void runs.push({ at: run?.started ?? time, status: run?.status ?? String(error) }),
      ...more,
    });
    await schedule.done;
    expect(schedule.nextRun()).toBeUndefined();
    return runs;
  }

  it("runs every night by the clock of its time zone, also when that is put forward", async () => {
    // On 29 March 2026 Berlin has no 2:30: 3:00 comes at once after 1:59.
    time = Date.UTC(2026, 2, 28, 12);
    const schedule = { cron: "30 2 * * *", timeZone: "Europe/Berlin" };
    const runs = await runUntil(Date.UTC(2026, 2, 31, 12), { schedule });
    expect(runs.map(({ at }) => new Date(at).toISOString().slice(0, 16))).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:30",
      "2026-03-31T00:30",
    ]);
    expect(runs.every(({ status }) => status === "done")).toBe(true);
    expect(changes()).toEqual(["CREATE", "REPLACE", "REPLACE"]);
  });

  it("catches up once what was missed while no process was there", async () => {
    const state = join(makeFolder(), "state");
    await runUntil(time + hour, { state });
    time += 5 * 24 * hour;
    const back = time;
    const runs = await runUntil(time + hour, { state });
    expect(runs).toEqual([{ at: back, status: "done" }]);
    expect(await runUntil(time + hour, { state })).toEqual([]);
    expect(await audienceHistory(state)).toHaveLength(1);
  });

  it("goes on after a run that failed", async () => {
    let day = 0;
    const runs = await runUntil(time + 3 * 24 * hour, { people: () => people(0, day++ === 1 ? 10 : 1_000) });
    expect(runs.map(({ status }) => status)).toEqual(["done", expect.stringMatching(/1000 people at least/), "done"]);
  });

  it("runs once at a moment, also one that is past, and never again", async () => {
    const state = join(makeFolder(), "state");
    const at = new Date(time + hour);
    expect(await runUntil(time + 9 * hour, { state, schedule: { at } })).toEqual([
      { at: at.getTime(), status: "done" },
    ]);
    expect(await runUntil(time + 9 * hour, { state, schedule: { at } })).toEqual([]);
    const before = time;
    expect(await runUntil(time + 9 * hour, { schedule: { at: time - hour } })).toEqual([
      { at: before, status: "done" },
    ]);
  });

  it("tells when it runs next, and sleeps no longer than a clock may be wrong", async () => {
    const waits: number[] = [];
    const schedule = scheduleAudience({
      ...options({ people: [] }),
      schedule: { cron: "0 2 * * *" },
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          waits.push(milliseconds);
          signal?.addEventListener("abort", () => resolve());
        }),
    });
    await expect.poll(() => schedule.nextRun()).toEqual(new Date("2026-02-01T02:00:00Z"));
    await schedule.close();
    expect(waits).toEqual([60_000]);
  });

  it.each<[string, object | undefined]>([
    ["schedule.cron is no pattern", { cron: "61 * * * *" }],
    ["schedule.at is a text that does not fit, accepted is a Date", { at: "soon" }],
    ["schedule is missing", undefined],
    ["schedule.timeZone", { cron: "* * * * *", timeZone: "Berlin" }],
    ["one of at and cron", {}],
    ["one of at and cron", { at: 1, cron: "* * * * *" }],
    ["at is", { at: new Date("x") }],
  ])("says what is wrong: %s", (message, schedule) => {
    const wrong = { ...options({ people: [] }), schedule: schedule as { at: number } };
    expect(() => scheduleAudience(wrong)).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(message) }),
    );
  });
});
