import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { median } from "../bench/figures.mjs";
import { createSandbox } from "../dist/sandbox.js";
import { audienceHistory } from "../dist/tiktok-business.js";

const work = fileURLToPath(new URL("./audience-work.mjs", import.meta.url));
const rounds = 5;
const kills = 20;
/** Bytes of one file while processes are killed, so that there are many. */
const smallFile = 200_000;
const target = { accountId: "7000000000000000001", audience: { name: "Drill" }, schema: "email" };
const mostMemory = 200_000_000;
const leastSpeed = 0.5;

/**
 * A CSV in which one row of twenty is bad becomes an audience at the sandbox: whether every row is counted right, how much
 * memory that takes, and how quick it is beside a loop that only reads lines and hashes. Then it is appended to, taken from
 * and replaced; and at last processes are killed in the middle, and started again.
 * @param {{ rows: number }} options
 */
export async function drillAudience({ rows }) {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-drill-"));
  const sandbox = await createSandbox({ audienceDelay: 0 });
  const problems = [];
  const expect = (what, found, expected) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    if (one !== other) problems.push(`${what}: ${one} in the place of ${other}`);
  };
  const sync = (csv, action, more = {}) =>
    run("sync", { url: sandbox.url, csv, action, ...target, state: join(folder, "state"), ...more }).result;
  try {
    const csv = await writePeople(join(folder, "people.csv"), 0, rows);
    const bare = [];
    const ours = [];
    let peak = 0;
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`\rround ${round + 1} of ${rounds}`);
      sandbox.reset();
      rmSync(join(folder, "state"), { recursive: true, force: true });
      bare.push((await run("bare", { csv }).result).time);
      const done = await sync(csv, "replace");
      ours.push(done.reading);
      peak = Math.max(peak, done.peak);
      expect("counts", done.run.counts, countsOf(rows));
    }
    process.stderr.write("\r");
    const [audience] = sandbox.audiences();
    expect("members", audience?.size, countsOf(rows).valid);
    const speed = median(bare) / median(ours);
    if (peak > mostMemory) problems.push(`${Math.round(peak / 1e6)} MB of memory at the peak`);
    if (speed < leastSpeed) problems.push(`${speed.toFixed(2)} times as quick as reading and hashing`);

    const half = Math.floor(rows / 40) * 20;
    const more = await writePeople(join(folder, "more.csv"), half, rows + half);
    const first = await writePeople(join(folder, "first.csv"), 0, half);
    await sync(more, "append");
    expect("appended", sandbox.audiences()[0]?.size, countsOf(rows + half).valid);
    await sync(first, "remove");
    expect("removed", sandbox.audiences()[0]?.size, countsOf(rows).valid);
    await sync(first, "replace");
    expect("replaced", sandbox.audiences()[0]?.size, countsOf(half).valid);

    const killed = await killOften(sandbox, folder, Math.min(rows, 100_000), expect);
    return {
      name: "audience",
      people: rows,
      "a second, read, checked, hashed": Math.round(rows / (median(ours) / 1_000)),
      "a second, lines read and hashed": Math.round(rows / (median(bare) / 1_000)),
      "times as quick": speed.toFixed(2),
      "memory at the peak, MB": Math.round(peak / 1e6),
      ...killed,
      problems,
    };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills a run after ever longer times, and lets the next one end. */
async function killOften(sandbox, folder, rows, expect) {
  const csv = await writePeople(join(folder, "kill.csv"), 0, rows);
  const options = { url: sandbox.url, csv, action: "replace", ...target, largestFile: smallFile };
  const files = Math.ceil((countsOf(rows).valid * 65) / smallFile);
  const usual = await run("sync", { ...options, state: join(folder, "whole") }).result;
  let struck = 0;
  let continued = 0;
  let again = 0;
  for (let kill = 0; kill < kills; kill++) {
    process.stderr.write(`\rkill ${kill + 1} of ${kills}`);
    sandbox.reset();
    const own = { ...options, state: join(folder, `killed-${kill}`) };
    const { child, result } = run("sync", own);
    // From the start of the process to a little behind its end.
    const timer = setTimeout(() => child.kill("SIGKILL"), (150 + usual.time * 1.2) * ((kill + 1) / kills));
    const before = await result;
    clearTimeout(timer);
    if (!before) struck++;
    const { run: after } = before ?? (await run("sync", own).result);
    if (after.resumed) continued++;
    const uploads = Math.max(...after.files.map(({ filePath }) => Number(filePath.split("/").at(-1))));
    // A run may have been killed when it was over: then there are two.
    const runs = (await audienceHistory(own.state)).filter(({ status }) => status === "done").length;
    const whole = runs * files;
    again += uploads - whole;
    const audiences = sandbox.audiences();
    expect("audiences after a kill", audiences.length, 1);
    expect("members after a kill", audiences[0]?.size, countsOf(rows).valid);
    expect("files after a kill", after.files.length, files);
    // The one whose answer died with the process.
    expect("files that went up twice after a kill", uploads - whole <= 1, true);
  }
  process.stderr.write("\r");
  return {
    "runs killed": struck,
    "went on with uploaded files": continued,
    "files uploaded, of each run": files,
    "files that went up twice": again,
  };
}

/** Rows of which every twentieth is bad, in turn in three ways. */
async function writePeople(path, from, to) {
  const bad = ["", "nobody", "0123456789abcdef0123456789abcdef"];
  const file = createWriteStream(path);
  file.write("email,name\n");
  for (let start = from; start < to; start += 10_000) {
    let block = "";
    for (let row = start; row < Math.min(to, start + 10_000); row++) {
      const email = row % 20 === 0 ? bad[(row / 20) % 3] : `Person.${row}@Shop${row % 977}.example`;
      block += `${email},Name ${row}\n`;
    }
    if (!file.write(block)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  return path;
}

/** What the first rows of {@link writePeople} come to. */
function countsOf(rows) {
  const invalid = Math.ceil(rows / 20);
  const reasons = {
    missing: Math.ceil(invalid / 3),
    email: Math.ceil((invalid - 1) / 3),
    md5: Math.ceil((invalid - 2) / 3),
  };
  return { total: rows, valid: rows - invalid, duplicate: 0, invalid, reasons, valuesLeftOut: 0 };
}

/** Resolves with what the process says; with nothing when it was killed. */
function run(what, options) {
  const child = spawn(process.execPath, [work, what, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const result = Promise.all([text(child.stdout), once(child, "close")]).then(([said, [code, signal]]) => {
    if (signal) return undefined;
    if (code !== 0) throw new Error(`${what} ended with ${code}`);
    return JSON.parse(said);
  });
  return { child, result };
}
