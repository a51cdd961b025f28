// A server to be measured, in a process of its own: `bare` parses the JSON and answers 202; `alone` is the collector
// with an outbox that keeps nothing; `sqlite` is the collector into sqliteOutbox. Tells its port, and when asked how
// late its event loop was.
import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createTracker, metaConversions, tiktokEvents } from "../dist/index.js";
import { collectHandler } from "../dist/node.js";
import { sqliteOutbox } from "../dist/sqlite.js";

const [kind, path] = process.argv.slice(2);

function bare(request, response) {
  const chunks = [];
  request
    .on("data", (chunk) => chunks.push(chunk))
    .on("end", () => {
      const { events } = JSON.parse(Buffer.concat(chunks).toString());
      const body = JSON.stringify({ accepted: events.map(({ id }) => id), rejected: [], issues: [] });
      response.writeHead(202, { "content-type": "application/json" }).end(body);
    });
}

function collector(outbox) {
  const tracker = createTracker({
    destinations: [
      tiktokEvents({ pixelCode: "C0BENCH000000000000", accessToken: "bench" }),
      metaConversions({ datasetId: "1000000000001", accessToken: "bench" }),
    ],
    outbox,
    collector: { maxEvents: 100 },
    // Intake alone is measured: vendors never answer.
    transport: () => new Promise(() => {}),
  });
  return collectHandler(tracker);
}

function keepNothing() {
  return {
    add: async (parcels) => parcels.map(() => "added"),
    take: async () => ({ parcels: [] }),
    settle: async () => {},
    waiting: async () => 0,
    oldest: async () => undefined,
    deadLetters: async () => [],
    replay: async () => 0,
    purge: async () => 0,
    close: async () => {},
  };
}

const handlers = {
  bare: () => bare,
  alone: () => collector(keepNothing()),
  sqlite: () => collector(sqliteOutbox({ path })),
};

const server = createServer(handlers[kind]());
const delay = monitorEventLoopDelay({ resolution: 1 });
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", (message) => {
  if (message === "start") {
    delay.reset();
    delay.enable();
  } else {
    // The histogram counts the timer's own wait of a millisecond.
    const late = (part) => Math.max(delay.percentile(part) / 1e6 - 1, 0);
    process.send({ p50: late(50), p99: late(99), longest: late(100) });
  }
});
process.on("disconnect", () => process.exit());
