// `npm run drill -- NAME`: installs, builds, and puts the pixel through a fault in a real browser. `-- NAME SIZE` sets
// the number of pages.
import { findChromium } from "./chromium.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const names = {
  pages: "1,000 pages, each left at once; then the same with the vendors' tags, the real collector and the sandbox",
  outage: "1,000 pages while the collector is down for a third of them, in three manners; a page that waits it out",
  tabs: "two tabs that share their storage, 500 pages each, with an outage",
  kill: "100 tabs killed as soon as track has returned, with few events and with many",
  all: "all of them",
};
const [name, size] = process.argv.slice(2);
if (!Object.hasOwn(names, name ?? "") || (size !== undefined && !/^[1-9]\d*$/.test(size))) {
  const lines = Object.entries(names).map(([name, what]) => `  npm run drill -- ${name.padEnd(7)} ${what}`);
  console.log(`Drills, each in headless Chromium on loopback; a number after the name sets how many pages:\n`);
  console.log(lines.join("\n"));
  process.exit(name === undefined ? 0 : 1);
}
const environment = { CHROMIUM_PATH: await findChromium() };
await installAndBuild();
say(`Drill: ${names[name]}`);
const args = size === undefined ? [name] : [name, size];
process.exitCode = await pnpm(["--silent", "exec", "node", "packages/pixel/drill/main.mjs", ...args], environment);
