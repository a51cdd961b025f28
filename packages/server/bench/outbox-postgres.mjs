// Parcels a second into PostgreSQL and out again: postgresOutbox beside the bare client with the same packing, in turns,
// with and without a unique key, which is what it takes to recognise duplicates. Prints medians of the rounds, and ratios.
import { launchPostgres } from "../../../scripts/launch-postgres.mjs";
import { postgresOutbox } from "../dist/postgres.js";
import { barePostgres } from "./bare-postgres.mjs";
import { median, perSecond } from "./figures.mjs";
import { makeParcels } from "./parcels.mjs";

const rounds = Number(process.argv[2] ?? 7);
const seconds = 1;
const destination = "metaConversions";
/** Calls of `add` that wait at the same time, and parcels in each. */
const loads = [
  { calls: 100, parcels: 1 },
  { calls: 1_000, parcels: 1 },
  { calls: 100, parcels: 10 },
  { calls: 40, parcels: 100 },
];
/** Parcels taken by each of so many deliveries at the same time. */
const deliveries = 4;
const batch = 1_000;
const waiting = 100_000;

const contenders = {
  bare: ({ url, name }) => barePostgres({ url, name, unique: false }),
  unique: ({ url, name }) => barePostgres({ url, name, unique: true }),
  outbox: openOutbox,
};

function openOutbox({ url, name }) {
  const outbox = postgresOutbox({ connectionString: url, schema: name });
  return {
    add: (parcels) => outbox.add(parcels),
    async deliver(of, most) {
      const { parcels } = await outbox.take(of, most);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      return parcels.length;
    },
    close: () => outbox.close(),
  };
}

const postgres = await launchPostgres();
try {
  console.log(`Parcels a second, median of ${rounds} rounds of about ${seconds} s in turns; bodies of 700 bytes\n`);
  const titles = ["bare", "bare, unique", "postgresOutbox", "ratio", "ratio, unique"];
  console.log(`${"".padEnd(22)} ${titles.map((title) => title.padStart(15)).join("")}`);
  for (const load of loads) {
    await compare(`in, ${load.calls} calls x ${load.parcels}`, (outbox) => measureIn(outbox, load));
  }
  await compare(`out, ${deliveries} x ${batch}`, measureOut);
} finally {
  await postgres.close();
}

async function compare(title, measure) {
  const rates = { bare: [], unique: [], outbox: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [contender, open] of Object.entries(contenders)) {
      const name = `${contender}_${crypto.randomUUID().replaceAll("-", "")}`;
      const outbox = await open({ url: postgres.url, name });
      await outbox.add(makeParcels(1));
      rates[contender].push(await measure(outbox));
      await outbox.close();
    }
  }
  const [bare, unique, outbox] = [median(rates.bare), median(rates.unique), median(rates.outbox)];
  const figures = [...[bare, unique, outbox].map(perSecond), (outbox / bare).toFixed(2), (outbox / unique).toFixed(2)];
  console.log(`${title.padEnd(22)} ${figures.map((figure) => figure.padStart(15)).join("")}`);
}

/** Callers that each add, wait until it is kept, and add again. */
async function measureIn(outbox, { calls, parcels }) {
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

/** Deliveries that each take, settle, and take again, until nothing is left of what waits. */
async function measureOut(outbox) {
  for (let added = 0; added < waiting; added += 10_000) {
    await Promise.all(Array.from({ length: 100 }, () => outbox.add(makeParcels(100, destination))));
  }
  let left = waiting;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: deliveries }, async () => {
      while (left > 0) {
        const delivered = await outbox.deliver(destination, batch);
        left -= delivered;
      }
    }),
  );
  return waiting / ((performance.now() - start) / 1_000);
}
