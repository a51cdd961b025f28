import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";

const orderDesk = fileURLToPath(new URL("./order-desk.mjs", import.meta.url));
const schema = "drill";
/** How long what is left may take to be delivered, ms. */
const patience = 60_000;
const endpoints = ["tiktok.events", "meta.conversions"];

/**
 * Orders and their events in one transaction each, while the shop's process is killed and its connections are ended, in
 * turn. In the end the vendors must have the events of those orders that the database has, and no other.
 * @param {object} options
 * @param {number} options.transactions at least so many are tried
 * @param {number} options.kills spread over them
 * @param {string} options.url a PostgreSQL of the drill's own
 * @param {string} [options.program] the shop's process
 * @param {Pick<typeof import("../src/sandbox/index.js"), "createSandbox">
 *   & Pick<typeof import("../src/index.js"), "createTracker" | "metaConversions" | "tiktokEvents">
 *   & Pick<typeof import("../src/postgres/index.js"), "postgresOutbox">} parts
 */
export async function drillTransactions({ transactions, kills, url, program = orderDesk }, parts) {
  const start = performance.now();
  const { createSandbox, createTracker, metaConversions, tiktokEvents, postgresOutbox } = parts;
  const sandbox = await createSandbox({ maxEvents: 1, maxRequests: 1 });
  const client = new pg.Client(url);
  /** Ids by what became of them, as far as the process could say. */
  const told = { tried: new Set(), done: new Set(), undone: new Set(), failed: new Set() };
  /** Copies by endpoint, then id. */
  const copies = new Map(endpoints.map((endpoint) => [endpoint, new Map()]));
  sandbox.on(({ endpoint, id }) => {
    const ofEndpoint = copies.get(endpoint);
    ofEndpoint?.set(id, (ofEndpoint.get(id) ?? 0) + 1);
  });
  const outbox = postgresOutbox({ connectionString: url, schema, lease: 3_000 });
  const worker = createTracker({
    destinations: [
      tiktokEvents({ pixelCode: "C0DRILL000000000000", accessToken: "drill", baseUrl: sandbox.url }),
      metaConversions({ datasetId: "1000000000001", accessToken: "drill", baseUrl: sandbox.url }),
    ],
    outbox,
    backoff: { base: 20, cap: 200 },
  });
  const problems = [];
  const dead = [];
  worker.on("dead", ({ id, detail }) => dead.push(`${id} ${detail}`));
  let desk;
  let booked = [];

  function openDesk(run) {
    const child = spawn(process.execPath, [program, JSON.stringify({ run, url, schema, vendors: sandbox.url })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [word, id] = line.split(" ");
      told[word].add(id);
    });
    return {
      hasEnded: () => child.exitCode !== null,
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  }

  /** Ends connections: those on which orders are booked, or those of the outbox. */
  const endConnections = () =>
    client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [
      Math.random() < 0.7 ? "order-desk" : "beaconry",
    ]);

  try {
    await client.connect();
    await client.query("CREATE TABLE orders (id text PRIMARY KEY)");
    desk = openDesk("0");
    for (let number = 1; number <= kills; number++) {
      // Somewhere in its share of the transactions.
      const next = ((number - Math.random()) * transactions) / kills;
      while (told.tried.size < next && !desk.hasEnded()) await sleep(1);
      if (desk.hasEnded()) {
        problems.push(`run ${number - 1} ended by itself`);
        break;
      }
      if (number % 2 === 0) await endConnections();
      else {
        await desk.kill();
        desk = openDesk(String(number));
      }
    }
    while (told.tried.size < transactions && !desk.hasEnded()) await sleep(1);
    await desk.kill();
    const end = performance.now() + patience;
    while (((await outbox.waiting()) > 0 || (await isOpen(client))) && performance.now() < end) await sleep(50);
    booked = (await client.query("SELECT id FROM orders")).rows.map(({ id }) => id);
  } finally {
    await desk?.kill();
    await worker.close({ timeout: 1_000 });
    await sandbox.close();
    await client.end();
  }

  const orders = new Set(booked);
  for (const [endpoint, ofEndpoint] of copies) {
    const missing = booked.filter((id) => !ofEndpoint.has(id));
    const invented = [...ofEndpoint.keys()].filter((id) => !orders.has(id));
    if (missing.length > 0) problems.push(`${missing.length} orders without an event at ${endpoint}: ${missing[0]}, …`);
    if (invented.length > 0)
      problems.push(`${invented.length} events at ${endpoint} without an order: ${invented[0]}, …`);
  }
  const lost = [...told.done].filter((id) => !orders.has(id));
  if (lost.length > 0) problems.push(`${lost.length} orders are gone that were committed: ${lost[0]}, …`);
  if (orders.size === 0 || told.undone.size === 0) problems.push("too little happened: the drill shows nothing");
  if (dead.length > 0) problems.push(`${dead.length} dead letters: ${dead[0]}`);
  const again = [...copies.values()].flatMap((of) => [...of.values()]).reduce((sum, count) => sum + count - 1, 0);
  return {
    name: "transactions",
    tried: told.tried.size,
    kills,
    "committed, as the shop knows": told.done.size,
    "committed in fact": orders.size,
    "rolled back": told.undone.size,
    "broken off": told.tried.size - told.done.size - told.undone.size,
    "events sent again": again,
    seconds: Math.round((performance.now() - start) / 1_000),
    problems,
  };
}

/** Whether a transaction of the killed process is open still. */
async function isOpen(client) {
  const { rows } = await client.query("SELECT FROM pg_stat_activity WHERE application_name = 'order-desk'");
  return rows.length > 0;
}
