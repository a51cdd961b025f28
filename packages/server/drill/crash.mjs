import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSandbox } from "../dist/sandbox.js";

const shop = fileURLToPath(new URL("./shop.mjs", import.meta.url));
/** A kill comes at a random moment of so many ms after the start: while it starts, opens the file, or is under load. */
const longestLife = 600;
/** How long the last process may take to deliver what is left, ms. */
const patience = 180_000;
const endpoints = ["tiktok.events", "meta.conversions"];

/**
 * A shop's server that is killed again and again under load; each starts on the file that the last one left. What it
 * acknowledged must have come to both vendors at the end.
 * @param {object} options
 * @param {number} options.kills
 * @param {"small" | undefined} [options.disk] small: one that is full most of the time
 * @param {"down" | undefined} [options.vendors] down: they answer nothing until the last kill
 */
export async function drillCrash({ name, kills, disk, vendors }) {
  const start = performance.now();
  const sandbox = await createSandbox({ maxEvents: 1, maxRequests: 1 });
  const folder = mkdtempSync(join(tmpdir(), "beaconry-drill-"));
  const unmount = disk === "small" ? mountSmall(folder) : undefined;
  const options = {
    path: join(folder, "outbox.db"),
    url: sandbox.url,
    // Where mounting is not allowed, the outbox's own limit.
    ...(disk === "small" && !unmount && { maxBytes: 8_000_000 }),
  };
  const kept = new Set();
  const refused = new Map();
  const dead = [];
  /** Copies by endpoint, then id. */
  const copies = new Map(endpoints.map((endpoint) => [endpoint, new Map()]));
  sandbox.on(({ endpoint, id }) => {
    const ofEndpoint = copies.get(endpoint);
    ofEndpoint.set(id, (ofEndpoint.get(id) ?? 0) + 1);
  });
  if (vendors === "down") sandbox.faults.add({ kind: "cut" });

  /** @param {string} line what the shop printed */
  function note(line) {
    const [word, id, ...rest] = line.split(" ");
    if (word === "kept") kept.add(id);
    else if (word === "dead") dead.push(line);
    else if (word === "refused") refused.set(rest[0], (refused.get(rest[0]) ?? 0) + 1);
  }

  const problems = [];
  try {
    if (disk === "small") {
      const first = startShop({ ...options, run: "fill" }, note);
      for (const end = performance.now() + patience; refused.size === 0 && performance.now() < end; ) await sleep(10);
      await first.kill();
    }
    for (let number = 0; number < kills; number++) {
      const process = startShop({ ...options, run: String(number) }, note);
      const ended = await Promise.race([process.ended, sleep(Math.random() * longestLife)]);
      if (ended) problems.push(`run ${number} ended by itself: ${ended}`);
      await process.kill();
    }
    sandbox.reset();
    const last = startShop({ ...options, run: "last", drain: true }, note);
    const ended = await Promise.race([last.ended, sleep(patience, undefined, { ref: false })]);
    if (!ended?.startsWith("code 0")) problems.push(`the last run: ${ended ?? "did not deliver everything in time"}`);
    await last.kill();
  } finally {
    await sandbox.close();
    unmount?.();
    rmSync(folder, { recursive: true, force: true });
  }

  let missing = 0;
  let again = 0;
  for (const [endpoint, ofEndpoint] of copies) {
    const lost = [...kept].filter((id) => !ofEndpoint.has(id));
    if (lost.length > 0) problems.push(`${lost.length} acknowledged events never came to ${endpoint}: ${lost[0]}, …`);
    missing += lost.length;
    for (const count of ofEndpoint.values()) again += count - 1;
  }
  if (kept.size === 0) problems.push("nothing was acknowledged: the drill shows nothing");
  if (dead.length > 0) problems.push(`${dead.length} dead letters: ${dead[0]}`);
  if (disk === "small" && !refused.has("outbox_full:"))
    problems.push("the disk was never full: the drill shows nothing");
  const seconds = (performance.now() - start) / 1_000;
  return { name, kills, kept: kept.size, missing, again, refused: Object.fromEntries(refused), seconds, problems };
}

function startShop(options, note) {
  const child = spawn(process.execPath, [shop, JSON.stringify(options)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout }).on("line", note);
  const read = once(lines, "close");
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const ended = Promise.all([once(child, "close"), read]).then(([[code]]) => `code ${code} ${errors.slice(0, 500)}`);
  return {
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A file system of 16 MB at this folder, and what takes it away; `undefined` where mounting is not allowed. */
function mountSmall(folder) {
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]).status === 0;
  return mounted ? () => void spawnSync("umount", [folder]) : undefined;
}
