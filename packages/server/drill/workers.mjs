import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { median } from "../bench/figures.mjs";
import { makeParcels } from "../bench/parcels.mjs";
import { engines } from "./engines.mjs";
import { openOutbox } from "./open-outbox.mjs";

const program = fileURLToPath(new URL("./cluster-process.mjs", import.meta.url));
/** How long the vendor takes for an answer, ms. */
const answerTime = 50;
const leastRatio = 1.7;
/** ms */
const warmUp = 2_000;
const rounds = 3;

/**
 * Events delivered a second by one worker, and by two that share its outbox, while the vendor is what takes time.
 * @param {{ name: string, engine: keyof typeof engines, seconds: number }} options
 */
export async function drillWorkers({ name, engine: engineName, seconds }) {
  let delivered = 0;
  const vendor = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const events = Buffer.concat(chunks).toString().split('"event_id":').length - 1;
      setTimeout(() => {
        delivered += events;
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ events_received: events, fbtrace_id: "f" }));
      }, answerTime);
    });
  }).listen(0, "127.0.0.1");
  await once(vendor, "listening");
  const engine = await engines[engineName]({ servers: 1 });
  const outbox = openOutbox(engine.outbox);
  const options = {
    role: "worker",
    outbox: engine.outbox,
    url: `http://127.0.0.1:${vendor.address().port}`,
    concurrency: 1,
  };

  async function measure(count) {
    // More than they can deliver: a request carries a thousand events, and each worker has one under way.
    const waiting = Math.ceil((count * (seconds * 1_000 + 2 * warmUp) * 1_000) / answerTime);
    while ((await outbox.waiting()) < waiting) {
      await Promise.all(Array.from({ length: 20 }, () => outbox.add(makeParcels(250, "meta"))));
    }
    const workers = Array.from({ length: count }, () =>
      fork(program, [JSON.stringify(options)], { stdio: ["ignore", "ignore", "inherit", "ipc"] }),
    );
    await Promise.all(workers.map((worker) => once(worker, "message")));
    await sleep(warmUp);
    delivered = 0;
    await sleep(seconds * 1_000);
    const rate = delivered / seconds;
    await Promise.all(
      workers.map(async (worker) => {
        const ended = once(worker, "exit");
        worker.kill("SIGKILL");
        await ended;
      }),
    );
    return rate;
  }

  try {
    const [one, two] = [[], []];
    for (let round = 0; round < rounds; round++) {
      one.push(await measure(1));
      two.push(await measure(2));
    }
    const ratio = median(two) / median(one);
    return {
      name,
      "events a second, one worker": Math.round(median(one)),
      "two workers": Math.round(median(two)),
      ratio: ratio.toFixed(2),
      problems: ratio < leastRatio ? [`two workers deliver ${ratio.toFixed(2)} times what one does`] : [],
    };
  } finally {
    await outbox.close();
    await engine.close();
    vendor.close();
    vendor.closeAllConnections();
  }
}
