// A shop's server under load, made to be killed: tracks purchases into an outbox on disk, and prints the id of each as
// soon as `track` has resolved. With `drain` it tracks nothing, and ends when the outbox is empty.
import { setTimeout as sleep } from "node:timers/promises";
import { createTracker, metaConversions, tiktokEvents } from "../dist/index.js";
import { sqliteOutbox } from "../dist/sqlite.js";

/** @type {{ run: string, path: string, url: string, maxBytes?: number, drain?: boolean }} */
const { run, path, url, maxBytes, drain } = JSON.parse(process.argv[2]);
/** Calls of `track` under way at once, and how long each waits before the next, ms. */
const visitors = 40;
const pause = 20;

// Short, so that what a killed process had taken is not away for long.
const outbox = sqliteOutbox({ path, maxBytes, lease: 3_000 });
const tracker = createTracker({
  destinations: [
    tiktokEvents({ pixelCode: "C0DRILL000000000000", accessToken: "drill", baseUrl: url }),
    metaConversions({ datasetId: "1000000000001", accessToken: "drill", baseUrl: url }),
  ],
  outbox,
  backoff: { base: 20, cap: 200 },
});
tracker.on("dead", ({ id, detail }) => process.stdout.write(`dead ${id} ${detail}\n`));

if (drain) {
  while ((await outbox.waiting()) > 0) await sleep(100);
  await tracker.close();
} else {
  await Promise.all(Array.from({ length: visitors }, (_, visitor) => visit(visitor)));
}

async function visit(visitor) {
  for (let number = 0; ; number++) {
    const id = `${run}-${visitor}-${number}`;
    const properties = { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }] };
    try {
      await tracker.track("Purchase", properties, {
        id,
        consent: { advertising: true },
        context: {
          source: "web",
          page: { url: "https://shop.example/thanks" },
          ip: "168.212.226.204",
          userAgent: "Mozilla/5.0 (drill)",
        },
        user: { email: `${id}@example.com` },
      });
      process.stdout.write(`kept ${id}\n`);
    } catch (error) {
      process.stdout.write(`refused ${id} ${error.code}: ${error.message}\n`);
    }
    await sleep(pause);
  }
}
