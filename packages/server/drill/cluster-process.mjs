// One process of a shop with several: a collector, which only takes what pages send, or a worker, which only delivers.
// Says `ready`, a collector with its port, and of a worker each event that was given up.
import { createServer } from "node:http";
import { createTracker, metaConversions, tiktokEvents } from "../dist/index.js";
import { collectHandler } from "../dist/node.js";
import { openOutbox } from "./open-outbox.mjs";

/** @type {{ role: "collector" | "worker", outbox: any, url: string, concurrency?: number }} */
const { role, outbox, url, concurrency } = JSON.parse(process.argv[2]);
const tracker = createTracker({
  destinations: [
    tiktokEvents({ pixelCode: "C0DRILL000000000000", accessToken: "drill", baseUrl: url }),
    metaConversions({ datasetId: "1000000000001", accessToken: "drill", baseUrl: url }),
  ],
  outbox: openOutbox(outbox),
  deliver: role === "worker",
  backoff: { base: 100, cap: 1_000 },
  concurrency,
});
tracker.on("dead", ({ id, detail }) => process.send({ dead: id, detail }));
process.on("disconnect", () => process.exit());

if (role === "worker") process.send({ ready: true });
else {
  const server = createServer(collectHandler(tracker));
  server.listen(0, "127.0.0.1", () => process.send({ ready: true, port: server.address().port }));
}
