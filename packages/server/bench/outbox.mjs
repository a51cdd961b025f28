// Parcels a second that are on the disk when `add` resolves: sqliteOutbox beside a bare log with group commit, in turns.
// Prints medians of the rounds, and their ratio.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteOutbox } from "../dist/sqlite.js";
import { appendLog } from "./append-log.mjs";
import { median, perSecond } from "./figures.mjs";
import { makeParcels } from "./parcels.mjs";

const rounds = Number(process.argv[2] ?? 7);
const seconds = 1;
/** Until the engine has compiled what runs often: each outbox has a thread of its own, which starts cold. */
const warmUp = 1;
/** Calls of `add` that wait at the same time, and parcels in each. */
const loads = [
  { calls: 100, parcels: 1 },
  { calls: 1_000, parcels: 1 },
  { calls: 100, parcels: 10 },
  { calls: 10, parcels: 100 },
];
const contenders = { log: appendLog, sqliteOutbox };

const folder = mkdtempSync(join(tmpdir(), "beaconry-bench-"));
try {
  console.log(
    `Parcels a second, median of ${rounds} rounds of ${seconds} s in turns, each after ${warmUp} s; bodies of 700 bytes\n`,
  );
  console.log(
    `${"calls at once x parcels".padEnd(24)} ${"log".padStart(10)} ${"sqliteOutbox".padStart(14)} ${"ratio".padStart(7)}`,
  );
  for (const load of loads) {
    const rates = { log: [], sqliteOutbox: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, create] of Object.entries(contenders)) {
        const path = join(folder, `${name}-${load.calls}-${load.parcels}-${round}`);
        const outbox = create({ path });
        await measure(outbox, load, warmUp);
        rates[name].push(await measure(outbox, load, seconds));
        await outbox.close();
        for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
      }
    }
    const [log, outbox] = [median(rates.log), median(rates.sqliteOutbox)];
    const name = `${load.calls} x ${load.parcels}`.padEnd(24);
    console.log(
      `${name} ${perSecond(log).padStart(10)} ${perSecond(outbox).padStart(14)} ${(outbox / log).toFixed(2).padStart(7)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Callers that each add, wait until it is kept, and add again. */
async function measure(outbox, { calls, parcels }, seconds) {
  let kept = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: calls }, async () => {
      while (performance.now() < end) {
        await outbox.add(makeParcels(parcels));
        kept += parcels;
      }
    }),
  );
  return kept / ((performance.now() - start) / 1_000);
}
