// `npm run drill -- NAME`: installs, builds, and puts the pixel through a fault in a real browser, the server's outbox
// through one on a real disk, or the sandbox's page under load. `-- NAME SIZE` sets the number of pages, kills, events or
// seconds.
import { parseArgs } from "node:util";
import { findChromium } from "./chromium.mjs";
import { ensureNats } from "./nats.mjs";
import { ensurePostgres } from "./postgres.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const ofPixel = {
  pages: "1,000 pages, each left at once; then the same with the vendors' tags, the real collector and the sandbox",
  outage: "1,000 pages while the collector is down for a third of them, in three manners; a page that waits it out",
  tabs: "two tabs that share their storage, 500 pages each, with an outage",
  kill: "100 tabs killed as soon as track has returned, with few events and with many",
};
const ofServer = {
  crash: "a server killed 200 times under load; the same with the vendors down, and with the disk full as well",
  audience: "a CSV of a million people to an audience: counts, memory, speed; killed 20 times in the middle",
  backlog: "one million events waiting: memory, intake, delivery",
  cluster:
    "2 collectors, 3 workers and JetStream or PostgreSQL, one of them killed in each of 20 rounds (--engine NAME: one)",
  workers:
    "two workers beside one, while the vendor takes 50 ms an answer (--engine NAME: jetstream or postgres alone)",
  journal: "ten million events in a journal: intake, audiences, a report, erasure",
  page: "the sandbox's page with 50,000 events kept and 200 more a second, for 60 seconds: frames and memory",
  transactions: "1,000 orders in PostgreSQL, each with its event in its transaction, and a kill for every ten",
};
const names = { ...ofPixel, ...ofServer, all: "all of them" };
const { values, positionals } = parseArgs({ allowPositionals: true, options: { engine: { type: "string" } } });
const [name, size] = positionals;
if (!Object.hasOwn(names, name ?? "") || (size !== undefined && !/^[1-9]\d*$/.test(size))) {
  const lines = Object.entries(names).map(([name, what]) => `  npm run drill -- ${name.padEnd(12)} ${what}`);
  console.log(
    `Drills, on loopback, those of pages in headless Chromium; a number after the name sets how many pages, kills, events or seconds:\n`,
  );
  console.log(lines.join("\n"));
  process.exit(name === undefined ? 0 : 1);
}
const packages = [
  ["pixel", ofPixel],
  ["server", ofServer],
].filter(([, drills]) => name === "all" || Object.hasOwn(drills, name));
const needsChromium = name === "page" || packages.some(([of]) => of === "pixel");
const environment = needsChromium ? { CHROMIUM_PATH: await findChromium() } : {};
if (packages.some(([of]) => of === "server")) {
  await ensureNats();
  await ensurePostgres();
}
await installAndBuild();
say(`Drill: ${names[name]}`);
const args = [name, ...(size === undefined ? [] : [size]), ...(values.engine ? ["--engine", values.engine] : [])];
for (const [of] of packages) {
  const code = await pnpm(["--silent", "exec", "node", `packages/${of}/drill/main.mjs`, ...args], environment);
  process.exitCode ||= code;
}
