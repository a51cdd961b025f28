// What one `track` costs a page on a slow device, beside a bare `fetch` of the same event: in headless Chromium with the
// CPU throttled to a sixth, in turns on one page. The page is cross-origin isolated, so that its clock counts in steps of
// 5 µs instead of 100.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";

const slowdown = 6;
const calls = 400;
const script = readFileSync(new URL("../dist/beaconry.global.js", import.meta.url));

const options = {
  endpoint: "/collect",
  consent: { advertising: true },
  tags: {
    meta: { pixelId: "1000000000001", scriptUrl: "/fbevents.js" },
    tiktok: { pixelCode: "C0BENCH0000000000000", scriptUrl: "/events.js" },
  },
};
const html = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script>window.beaconry = [["create", ${JSON.stringify(options)}]]</script>
<script src="/beaconry.global.js"></script>`;

/** The events of the last batch. */
let collected = [];
const server = createServer(async (request, response) => {
  const path = request.url ?? "";
  response
    .setHeader("Cross-Origin-Opener-Policy", "same-origin")
    .setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  if (path === "/") return response.setHeader("Content-Type", "text/html").end(html);
  if (path === "/beaconry.global.js") return response.setHeader("Content-Type", "text/javascript").end(script);
  // The vendors' scripts are stubs: what theirs cost is not ours to measure.
  if (path.includes("events.js")) return response.setHeader("Content-Type", "text/javascript").end();
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  if (path === "/collect") collected = JSON.parse(body).events;
  response.writeHead(202, { "Content-Type": "application/json" }).end('{"accepted":[],"rejected":[]}');
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  const properties = {
    currency: "EUR",
    value: 21.97,
    contents: [
      { id: "1234", quantity: 2, price: 9.99 },
      { id: "5678", quantity: 1, price: 1.99 },
    ],
  };
  await page.evaluate(async (properties) => {
    window.beaconry.pixel.track("AddToCart", properties);
    await window.beaconry.pixel.flush();
  }, properties);
  const event = collected.find(({ name }) => name === "AddToCart");
  if (!event) throw new Error("the tracked event did not come to the collector");

  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  const times = await page.evaluate(timeInTurns, { properties, event, calls });
  const longTasks = await page.evaluate(countLongTasks, properties);

  const line = (name, values) => {
    const cells = [quantile(values, 0.5), quantile(values, 0.95), Math.max(...values)];
    console.log(`${name.padEnd(30)} ${cells.map((value) => value.toFixed(3).padStart(8)).join(" ")}`);
  };
  console.log(
    `${calls} calls each, in turns, Chromium ${browser.version()}, CPU throttled ${slowdown}x; milliseconds\n`,
  );
  console.log(`${"".padEnd(30)} ${["median", "p95", "longest"].map((title) => title.padStart(8)).join(" ")}`);
  line('track("AddToCart"), both tags', times.track);
  line("bare fetch of the same event", times.fetch);
  const ratio = (part) => (quantile(times.track, part) / quantile(times.fetch, part)).toFixed(2).padStart(8);
  console.log(`${"ratio".padEnd(30)} ${ratio(0.5)} ${ratio(0.95)}`);
  console.log(`\nLong tasks (over 50 ms) while 20 events are tracked, two a second: ${longTasks.tracking}`);
  if (longTasks.control !== 1)
    throw new Error(`a task of 100 ms was seen ${longTasks.control} times: the count is void`);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}

function quantile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)];
}

/** Runs in the page. The first fifty of each warm up. */
async function timeInTurns({ properties, event, calls }) {
  if (!crossOriginIsolated) throw new Error("the page is not isolated: its clock is too coarse");
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  const times = { track: [], fetch: [] };
  const turns = {
    track: () => window.beaconry.pixel.track("AddToCart", properties),
    fetch: () => fetch("/bare", { method: "POST", keepalive: true, body: JSON.stringify(event) }),
  };
  for (let round = -50; round < calls; round++) {
    for (const [name, call] of Object.entries(turns)) {
      const start = performance.now();
      const result = call();
      const time = performance.now() - start;
      if (round >= 0) times[name].push(time);
      if (result instanceof Promise) await (await result).text();
      await pause();
    }
  }
  return times;
}

/** Runs in the page: long tasks of a person's use, and, to see that they are seen, one made on purpose. */
async function countLongTasks(properties) {
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  let seen = 0;
  const observer = new PerformanceObserver((list) => {
    seen += list.getEntries().length;
  });
  await pause(1_500);
  observer.observe({ entryTypes: ["longtask"] });
  for (let count = 0; count < 20; count++) {
    window.beaconry.pixel.track("AddToCart", properties);
    await pause(500);
  }
  await pause(1_500);
  const tracking = seen;
  for (const start = performance.now(); performance.now() - start < 100; );
  await pause(500);
  return { tracking, control: seen - tracking };
}
