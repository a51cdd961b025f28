// A shop that books orders in PostgreSQL, made to be killed: each order and its event in one transaction, some of which
// are rolled back. Prints what became of each order.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createTracker, metaConversions, tiktokEvents } from "../dist/index.js";
import { postgresOutbox } from "../dist/postgres.js";

/** @type {{ run: string, url: string, schema: string, vendors: string }} */
const { run, url, schema, vendors } = JSON.parse(process.argv[2]);
/** Orders booked at the same time, the part of them that is rolled back, and how long each takes at most, ms. */
const clerks = 4;
const undone = 0.25;
const longest = 40;

const pool = new pg.Pool({ connectionString: url, application_name: "order-desk" });
pool.on("error", () => {});
const tracker = createTracker({
  destinations: [
    tiktokEvents({ pixelCode: "C0DRILL000000000000", accessToken: "drill", baseUrl: vendors }),
    metaConversions({ datasetId: "1000000000001", accessToken: "drill", baseUrl: vendors }),
  ],
  outbox: postgresOutbox({ connectionString: url, schema }),
  deliver: false,
});
const say = (word, id) => process.stdout.write(`${word} ${id}\n`);

await Promise.all(Array.from({ length: clerks }, (_, clerk) => work(clerk)));

async function work(clerk) {
  for (let number = 0; ; number++) {
    const id = `${run}-${clerk}-${number}`;
    say("tried", id);
    await book(id).then(
      (word) => say(word, id),
      (error) => say("failed", `${id} ${error.code}: ${error.message}`),
    );
  }
}

async function book(id) {
  const client = await pool.connect();
  // A connection may be ended while nothing is asked of it.
  client.on("error", () => {});
  try {
    await client.query("BEGIN");
    await client.query("INSERT INTO orders (id) VALUES ($1)", [id]);
    await tracker.track(
      "Purchase",
      { currency: "EUR", value: 21.97 },
      {
        id,
        transaction: client,
        consent: { advertising: true },
        context: {
          source: "web",
          page: { url: "https://shop.example/thanks" },
          ip: "168.212.226.204",
          userAgent: "Mozilla/5.0 (drill)",
        },
      },
    );
    await sleep(Math.random() * longest);
    const isUndone = Math.random() < undone;
    await client.query(isUndone ? "ROLLBACK" : "COMMIT");
    client.release();
    return isUndone ? "undone" : "done";
  } catch (error) {
    client.release(true);
    throw error;
  }
}
