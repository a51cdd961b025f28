// Runs the drills that are named, on what is built, and prints what each came to.
import { parseArgs } from "node:util";
import { launchPostgres } from "../../../scripts/launch-postgres.mjs";
import { createTracker, metaConversions, tiktokEvents } from "../dist/index.js";
import { postgresOutbox } from "../dist/postgres.js";
import { createSandbox } from "../dist/sandbox.js";
import { drillAudience } from "./audience.mjs";
import { drillBacklog } from "./backlog.mjs";
import { drillCluster } from "./cluster.mjs";
import { drillCrash } from "./crash.mjs";
import { engines } from "./engines.mjs";
import { drillJournal } from "./journal.mjs";
import { drillPage } from "./page.mjs";
import { drillTransactions } from "./transactions.mjs";
import { drillWorkers } from "./workers.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { engine: { type: "string" } } });
const [name = "all", given] = positionals;
const sizeOf = (usual) => Number(given ?? usual);
/** One run for each engine that outboxes share, or for the one that is named. */
const onEngines = (drill) =>
  (values.engine ? [values.engine] : Object.keys(engines)).map((engine) => () => drill(engine));

/** The drills by name; each gives its runs, one after the other. */
const drills = {
  crash: [
    () => drillCrash({ name: "crash", kills: sizeOf(200) }),
    () => drillCrash({ name: "crash, disk full, vendors down", kills: sizeOf(200), disk: "small", vendors: "down" }),
    () => drillCrash({ name: "crash, vendors down", kills: sizeOf(200), vendors: "down" }),
  ],
  audience: [() => drillAudience({ rows: sizeOf(1_000_000) })],
  backlog: [() => drillBacklog({ parcels: sizeOf(1_000_000) })],
  cluster: onEngines((engine) => drillCluster({ name: `cluster, ${engine}`, engine, rounds: sizeOf(20) })),
  workers: onEngines((engine) => drillWorkers({ name: `workers, ${engine}`, engine, seconds: sizeOf(5) })),
  journal: [() => drillJournal({ events: sizeOf(10_000_000) })],
  page: [() => drillPage({ seconds: sizeOf(60) })],
  transactions: [
    async () => {
      const postgres = await launchPostgres();
      const parts = { createTracker, metaConversions, tiktokEvents, postgresOutbox, createSandbox };
      const transactions = sizeOf(1_000);
      const options = { transactions, kills: Math.ceil(transactions / 10), url: postgres.url };
      return drillTransactions(options, parts).finally(postgres.close);
    },
  ],
};

const problems = [];
for (const run of name === "all" ? Object.values(drills).flat() : drills[name]) {
  const { name, problems: found, ...figures } = await run();
  console.log(`${found.length ? "FAIL" : "ok  "} ${name}`);
  for (const [title, figure] of Object.entries(figures)) {
    console.log(`       ${title.padEnd(28)} ${typeof figure === "object" ? JSON.stringify(figure) : figure}`);
  }
  problems.push(...found.map((problem) => `FAIL ${name}: ${problem}`));
}
console.log(`\n${problems.length ? problems.join("\n") : "All as it must be."}`);
process.exitCode = problems.length ? 1 : 0;
