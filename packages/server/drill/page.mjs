import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";
import { median } from "../bench/figures.mjs";
import { createSandbox } from "../dist/sandbox.js";
import { seeded } from "./seeded.mjs";
import { createTraffic } from "./traffic.mjs";

const kept = 50_000;
/** Copies of events a second, and how often some are sent, ms. */
const rate = 200;
const pause = 50;
/** A frame, and a task of the page's main thread, are long beyond this, ms. */
const longest = 50;
/** What is measured is told apart in so many parts, so that a busy moment of the machine is one of them. */
const parts = 6;
/** The heap may grow by so much, as a part of what it was. */
const mostGrowth = 0.2;

/**
 * The sandbox's page with everything kept that can be, under traffic: its frames, its tasks, and what memory it costs. How
 * long a frame takes is the machine's doing too: so the same is measured on an empty page beside the same traffic, and
 * what fails the drill is the time that the page's tasks had the processor.
 * @param {{ seconds: number }} options
 */
export async function drillPage({ seconds }) {
  await using sandbox = await createSandbox();
  const browser = await launchChromium();
  try {
    await fill(sandbox.url);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const opened = performance.now();
    await page.goto(sandbox.url);
    await page.waitForFunction(() => document.querySelector(".status.live") !== null);
    const loading = performance.now() - opened;
    const client = await page.context().newCDPSession(page);
    await sleep(2_000);
    const before = await heap(client);
    const rss = process.memoryUsage.rss();
    const runs = await measure(browser, page, sandbox.url, seconds / parts);
    const after = await heap(client);
    const grown = process.memoryUsage.rss() - rss;
    const shown = await page.evaluate(() => document.querySelector(".tile strong")?.textContent);
    await page.close();

    const blank = await browser.newPage();
    await blank.goto("about:blank");
    const control = await measure(browser, blank, sandbox.url, seconds / parts / 2);

    const long = runs.map(({ frames }) => frames.filter((frame) => frame > longest).length);
    const problems = [];
    const busiest = runs.map(({ tasks }) => Math.max(...tasks));
    if (median(busiest) > longest)
      problems.push(`tasks of up to ${busiest.map(Math.round).join(", ")} ms of the processor`);
    if (after > before * (1 + mostGrowth))
      problems.push(`the page's heap grew from ${megabytes(before)} to ${megabytes(after)} MB`);
    if (runs.some(({ frames }) => frames.length < 100)) problems.push("too few frames: the drill shows nothing");
    return {
      name: "page",
      "copies kept, then a second": `${kept}, ${Math.round(median(runs.map(({ rate: reached }) => reached)))}`,
      "events shown at the end": shown,
      "loading, ms": Math.round(loading),
      "frames over 50 ms, by part": long.join(", "),
      "frame, median and p95, ms": figures(runs),
      "longest frame, by part, ms": runs.map(({ frames }) => Math.round(Math.max(...frames))).join(", "),
      "longest task's own time, ms": busiest.map(Math.round).join(", "),
      "main thread's own time, %": runs
        .map(({ tasks, took }) => Math.round(tasks.reduce((sum, task) => sum + task, 0) / took / 10))
        .join(", "),
      "an empty page: over 50 ms": control
        .map(({ frames }) => frames.filter((frame) => frame > longest).length)
        .join(", "),
      "an empty page: median, p95": figures(control),
      "heap before and after, MB": `${megabytes(before)}, ${megabytes(after)}`,
      "sandbox and load, RSS grown, MB": megabytes(grown),
      problems,
    };
  } finally {
    await browser.close();
  }
}

/** As many events as are kept, each of an id of its own: the most rows there can be. */
async function fill(url) {
  const size = 1_000;
  const time = Math.floor(Date.now() / 1_000);
  for (let from = 0; from < kept; from += size) {
    const data = Array.from({ length: size }, (_, index) => ({
      event_name: "ViewContent",
      event_time: time,
      event_id: `fill-${from + index}`,
      action_source: "website",
      event_source_url: "https://shop.example/",
      user_data: {
        client_ip_address: "203.0.113.7",
        client_user_agent: "Mozilla/5.0",
        fbp: "fb.1.1554763741205.234567890",
      },
      custom_data: { currency: "EUR", value: 9.99 },
    }));
    const answer = await fetch(`${url}/v26.0/1000000000009/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ access_token: "drill", data }),
    });
    if (!answer.ok) throw new Error(`the sandbox refused to be filled: ${await answer.text()}`);
  }
}

/**
 * Sends traffic and gives, for each part, the frames' lengths, ms, the time that each task of the page's main thread had
 * the processor, ms, the copies a second, and the part's length, s.
 */
async function measure(browser, page, url, seconds) {
  const traffic = createTraffic({ url, random: seeded(1) });
  const runs = [];
  for (let part = 0; part < parts; part++) {
    await page.evaluate(() => {
      const record = { frames: [], on: true };
      globalThis.record = record;
      let last = performance.now();
      const frame = (now) => {
        record.frames.push(now - last);
        last = now;
        if (record.on) requestAnimationFrame(frame);
      };
      requestAnimationFrame((now) => {
        last = now;
        requestAnimationFrame(frame);
      });
    });
    await browser.startTracing(page, { categories: ["toplevel"], screenshots: false });
    const start = performance.now();
    let sent = 0;
    while (performance.now() - start < seconds * 1_000) {
      const due = ((performance.now() - start) / 1_000) * rate;
      if (sent < due) sent += await traffic.send(due - sent);
      await sleep(pause);
    }
    const took = (performance.now() - start) / 1_000;
    const frames = await page.evaluate(() => {
      globalThis.record.on = false;
      return globalThis.record.frames;
    });
    const tasks = tasksOf(JSON.parse((await browser.stopTracing()).toString()));
    runs.push({ frames, tasks, took, rate: sent / took });
  }
  return runs;
}

/** What each task of the page's main thread had of the processor, ms, in Chromium's trace. */
function tasksOf({ traceEvents }) {
  const main = traceEvents.find(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith("::RunTask") && pid === main?.pid && tid === main.tid)
    .map(({ tdur = 0 }) => tdur / 1_000);
}

function figures(runs) {
  const frames = runs.flatMap(({ frames }) => frames).sort((a, b) => a - b);
  return `${median(frames).toFixed(1)}, ${frames[Math.floor(frames.length * 0.95)]?.toFixed(1)}`;
}

/** Bytes in use after a collection of garbage. */
async function heap(client) {
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  return usedSize;
}

const megabytes = (bytes) => (bytes / 1_000_000).toFixed(1);
