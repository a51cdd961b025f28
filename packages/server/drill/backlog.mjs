import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../bench/figures.mjs";
import { makeParcels } from "../bench/parcels.mjs";
import { sqliteOutbox } from "../dist/sqlite.js";

const mostMegabytes = 150;
const leastRatio = 0.9;
/** Calls of `add` under way at once, parcels in each, and parcels of one measurement. */
const calls = 20;
const size = 100;
const measured = 100_000;

/**
 * Parcels that wait, as when a vendor is down for long: what memory they cost, and whether intake and `take` are as
 * quick as with an empty outbox.
 * @param {{ parcels: number }} options
 */
export async function drillBacklog({ parcels }) {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "beaconry-drill-"));
  let files = 0;
  const openEmpty = () => sqliteOutbox({ path: join(folder, `${files++}.db`) });
  try {
    const atStart = await memory();
    // Warm: what any load takes while nothing waits (code, V8's nursery of both threads) is not the backlog's.
    for (let round = 0; round < 8; round++) {
      const empty = openEmpty();
      await addMany(empty, measured);
      await empty.close();
    }
    const full = openEmpty();
    const fullPath = join(folder, `${files - 1}.db`);
    const before = await memory();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 50);
    await addMany(full, parcels);
    clearInterval(watch);
    const after = await memory();

    const rates = { empty: [], full: [] };
    for (let round = 0; round < 7; round++) {
      const empty = openEmpty();
      rates.empty.push(await addMany(empty, measured));
      await empty.close();
      rates.full.push(await addMany(full, measured));
    }
    const takes = [];
    for (let round = 0; round < 20; round++) {
      const start = performance.now();
      const { parcels } = await full.take("metaConversions", 1_000);
      takes.push(performance.now() - start);
      await full.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    }
    const waiting = await full.waiting();
    const reopened = performance.now();
    await full.close();
    const again = sqliteOutbox({ path: fullPath });
    const waitingAgain = await again.waiting();
    const reopening = performance.now() - reopened;
    await again.close();

    const megabytes = (most - before) / 1_000_000;
    const ratio = median(rates.full) / median(rates.empty);
    const problems = [];
    if (megabytes > mostMegabytes)
      problems.push(`${megabytes.toFixed(0)} MB above the start, at most ${mostMegabytes}`);
    if (ratio < leastRatio) problems.push(`intake at ${ratio.toFixed(2)} of an empty outbox's, at least ${leastRatio}`);
    const expected = parcels + 7 * measured - 20 * 1_000;
    if (waiting !== expected || waitingAgain !== expected) {
      problems.push(`${waiting} wait, and ${waitingAgain} once opened again, instead of ${expected}`);
    }
    return {
      name: "backlog",
      waiting: parcels,
      "RSS above warm start, MB": `${Math.round((after - before) / 1_000_000)}, at most ${Math.round(megabytes)}`,
      "RSS at first, warm, then, MB": [atStart, before, after].map((bytes) => Math.round(bytes / 1_000_000)).join(", "),
      "intake a second, empty": Math.round(median(rates.empty)),
      "intake a second, full": Math.round(median(rates.full)),
      ratio: ratio.toFixed(2),
      "take of 1,000, ms, median": median(takes).toFixed(1),
      "close and open again, ms": Math.round(reopening),
      seconds: Math.round((performance.now() - start) / 1_000),
      problems,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds so many and gives the number added a second. */
async function addMany(outbox, count) {
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: calls }, async () => {
      while (left > 0) {
        const parcels = makeParcels(Math.min(size, left));
        left -= parcels.length;
        await outbox.add(parcels);
      }
    }),
  );
  return count / ((performance.now() - start) / 1_000);
}

/** RSS, bytes, at rest. */
async function memory() {
  globalThis.gc?.();
  await sleep(500);
  return process.memoryUsage.rss();
}
