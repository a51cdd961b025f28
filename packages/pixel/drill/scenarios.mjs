import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { startOrigin } from "./origin.mjs";

/** How long a drill may stand still before it is given up. Milliseconds. */
const patience = 60_000;

/**
 * @typedef {object} DrillOptions
 * @property {import("playwright-core").Browser} browser
 * @property {string} script the pixel as one script
 * @property {number} size how many pages
 * @property {(counts: import("./recorder.mjs").Counts) => void} [onProgress] called every second
 */

/**
 * @typedef {import("./recorder.mjs").Counts & { name: string, turnedAway: number, left: number, seconds: number, problems: string[] }} DrillResult
 * `turnedAway`: batches that the collector did not answer well; `left`: events that the browser still stores;
 * `problems`: empty when all is as it must be.
 */

/**
 * Pages that track three events each and are left at once.
 * @param {DrillOptions & { vendors?: Awaited<ReturnType<typeof import("./vendors.mjs").startVendors>> }} options with
 * `vendors` events go through the real collector, with the vendors' tags on the pages, and what they count is checked
 * @returns {Promise<DrillResult>}
 */
export async function drillPages({ vendors, ...options }) {
  const site = vendors && { pixel: { tags: vendors.tags }, collect: vendors.collect };
  return drill(options, { name: vendors ? "pages, with vendors" : "pages", ...site }, async ({ origin, context }) => {
    await walk(await context.newPage(), origin, "a", options.size);
    if (!vendors) return;
    return async () => {
      await vendors.flush();
      const problems = () => vendors.problems(origin.recorder.ids(), origin.recorder.counts().pages);
      // The tags' last reports may be on their way.
      await until(() => problems().length === 0, 5_000);
      return problems();
    };
  });
}

/**
 * The same, while the collector is down from the first third of the pages to the second.
 * @param {DrillOptions} options
 * @param {import("./origin.mjs").Manner} manner
 * @returns {Promise<DrillResult>}
 */
export function drillOutage(options, manner) {
  const site = { name: `outage, ${manner}`, mannerAt: downInTheMiddle(options.size, manner) };
  return drill(options, site, async ({ origin, context }) => {
    await walk(await context.newPage(), origin, "a", options.size);
  });
}

/**
 * A page that stays while the collector answers 503 to more batches than 64 KiB, the browser's budget for requests that
 * outlive their page: what failed must not count against it.
 * @param {Omit<DrillOptions, "size">} options
 * @returns {Promise<DrillResult>}
 */
export function drillStay(options) {
  const site = { name: "outage, page stays", mannerAt: ({ turnedAway }) => (turnedAway < 20 ? "503" : "up") };
  return drill(options, site, async ({ origin, context }) => {
    await (await context.newPage()).goto(`${origin.url}/stay/a`);
  });
}

/**
 * Two tabs that share the origin's storage, each with half of the pages, at the same time; with an outage.
 * @param {DrillOptions} options
 * @returns {Promise<DrillResult>}
 */
export function drillTabs(options) {
  const site = { name: "tabs", mannerAt: downInTheMiddle(options.size, "503") };
  return drill(options, site, async ({ origin, context }) => {
    const half = Math.ceil(options.size / 2);
    const [first, second] = [await context.newPage(), await context.newPage()];
    await Promise.all([walk(first, origin, "a", half), walk(second, origin, "b", options.size - half)]);
  });
}

/**
 * Tabs whose process is killed (SIGKILL) when `track` has returned: no timer, no answer and no `pagehide` reaches the
 * page any more. After every third, a page that stays until all is sent.
 * @param {DrillOptions & { times?: number }} options `times`: how often each tracks its three events; usually 1
 * @returns {Promise<DrillResult>}
 */
export function drillKill({ times = 1, ...options }) {
  return drill(options, { name: times > 1 ? "kill, many events" : "kill" }, async ({ origin, context }) => {
    const { browser, size } = options;
    for (let number = 1; number <= size; number++) {
      const page = await context.newPage();
      const path = `/last/a/${number}`;
      const crashed = page.waitForEvent("crash", { timeout: patience });
      page.goto(`${origin.url}${path}?times=${times}`).catch(() => {});
      await mustBecome(() => origin.hasLastWords(path), `${path} to track`);
      await killRenderers(browser);
      await crashed;
      await page.close();
      if (number % 3 && number < size) continue;
      const quiet = await context.newPage();
      await quiet.goto(`${origin.url}/quiet/after-${number}`);
      const hasAll = () => origin.recorder.counts().missing.length === 0;
      if (number === size || !(await until(hasAll, patience))) return;
      await quiet.close();
    }
  });
}

/** @returns {(soFar: { pages: number }) => import("./origin.mjs").Manner} */
function downInTheMiddle(size, manner) {
  return ({ pages }) => (pages > size / 3 && pages <= (size * 2) / 3 ? manner : "up");
}

/**
 * Runs a scenario on an origin and a browser context of its own; then waits until all that was tracked is there and
 * nothing is stored any more, by the pages that stayed.
 * @param {Omit<DrillOptions, "size">} options
 * @returns {Promise<DrillResult>}
 */
async function drill({ browser, script, onProgress }, { name, ...site }, run) {
  const started = performance.now();
  const origin = await startOrigin({ script, ...site });
  const context = await browser.newContext();
  const progress = setInterval(() => onProgress?.(origin.recorder.counts()), 1_000);
  try {
    const finalCheck = await run({ origin, context });
    let left = 0;
    await until(async () => {
      left = await storedEvents(context);
      return left === 0 && origin.recorder.counts().missing.length === 0;
    }, patience);
    const problems = [...problemsOf(origin.recorder.counts(), left), ...((await finalCheck?.()) ?? [])];
    const turnedAway = origin.turnedAway();
    if (site.mannerAt && turnedAway === 0) problems.push("the outage hit no request");
    const seconds = (performance.now() - started) / 1000;
    return { name, ...origin.recorder.counts(), turnedAway, left, seconds, problems };
  } finally {
    clearInterval(progress);
    await context.close();
    await origin.close();
  }
}

/** @param {import("./recorder.mjs").Counts} counts */
function problemsOf({ missing, unknown, unlike }, left) {
  const some = (/** @type {string[]} */ list) => `${list.slice(0, 3).join(", ")}${list.length > 3 ? ", …" : ""}`;
  return [
    missing.length && `${missing.length} events are missing: ${some(missing)}`,
    unknown.length && `${unknown.length} events were never tracked: ${some(unknown)}`,
    unlike.length && `${unlike.length} events differ among their copies: ${some(unlike)}`,
    left && `${left} events are still stored in the browser`,
  ].filter((problem) => typeof problem === "string");
}

/** Walks a tab through so many pages, which lead on by themselves; resolves at the quiet one. */
async function walk(page, origin, tab, size) {
  // The page is left before it has loaded.
  page.goto(`${origin.url}/walk/${tab}/1?left=${size}`, { waitUntil: "commit" }).catch(() => {});
  let served = 0;
  while (!origin.isQuiet(tab)) {
    await mustBecome(() => origin.isQuiet(tab) || origin.pagesServed() > served, `the page after ${page.url()}`);
    served = origin.pagesServed();
    await sleep(50);
  }
  await page.waitForLoadState();
}

async function storedEvents(context) {
  const page = context.pages()[0];
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("beaconry.queue.")).length);
}

/** All renderers of this browser, of which no other page is open; resolves when the browser has noticed. */
async function killRenderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };
  const killed = await renderers();
  for (const id of killed) kill(id, "SIGKILL");
  await mustBecome(async () => !(await renderers()).some((id) => killed.includes(id)), "the killed processes to go");
  await session.detach();
}

/** Whether it became true within so many milliseconds. */
async function until(isSo, within) {
  for (const end = performance.now() + within; performance.now() < end; await sleep(50)) if (await isSo()) return true;
  return false;
}

async function mustBecome(isSo, what) {
  if (!(await until(isSo, patience))) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
}
