// Runs the drills that are named, on what is built; the table at the end has one line for each.
import { readFileSync } from "node:fs";
import { launchChromium } from "../../../scripts/launch-chromium.mjs";
import { createTracker, metaConversions, tiktokEvents } from "../../server/dist/index.js";
import { createSandbox } from "../../server/dist/sandbox.js";
import { drillKill, drillOutage, drillPages, drillStay, drillTabs } from "./scenarios.mjs";
import { startVendors } from "./vendors.mjs";

const [name = "all", given] = process.argv.slice(2);
const script = readFileSync(new URL("../dist/beaconry.global.js", import.meta.url), "utf8");
const sizeOf = (usual) => Number(given ?? usual);

/** The drills by name; each gives its runs, one after the other. */
const drills = {
  pages: [
    (options) => drillPages({ ...options, size: sizeOf(1_000) }),
    async (options) => {
      const vendors = await startVendors({ createTracker, tiktokEvents, metaConversions, createSandbox });
      try {
        return await drillPages({ ...options, vendors, size: sizeOf(1_000) });
      } finally {
        await vendors.close();
      }
    },
  ],
  outage: [
    ...["cut", "503", "unanswered"].map(
      (manner) => (options) => drillOutage({ ...options, size: sizeOf(1_000) }, manner),
    ),
    drillStay,
  ],
  tabs: [(options) => drillTabs({ ...options, size: sizeOf(1_000) })],
  kill: [
    (options) => drillKill({ ...options, size: sizeOf(100) }),
    // Together more than one page has room for.
    (options) => drillKill({ ...options, size: 3, times: 200 }),
  ],
};

let lastLine = performance.now();
const results = [];
const browser = await launchChromium();
try {
  for (const run of name === "all" ? Object.values(drills).flat() : drills[name]) {
    const result = await run({ browser, script, onProgress });
    if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
    console.log(`${result.problems.length ? "FAIL" : "ok  "} ${result.name}`);
    results.push(result);
  }
} finally {
  await browser.close();
}

const columns = [
  ["tracked", ({ tracked }) => tracked],
  ["arrived once", ({ arrived }) => arrived],
  ["copies again", ({ again }) => again],
  ["missing", ({ missing }) => missing.length],
  ["unknown", ({ unknown }) => unknown.length],
  ["turned away", ({ turnedAway }) => turnedAway],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
];
const row = (first, cells) => [first.padEnd(20), ...cells].join("  ");
console.log(`\nEvents, by id; each page tracks 3 and its own PageView\n`);
console.log(
  row(
    "",
    columns.map(([title]) => title),
  ),
);
for (const result of results) {
  console.log(
    row(
      result.name,
      columns.map(([title, cell]) => String(cell(result)).padStart(title.length)),
    ),
  );
}
const problems = results.flatMap(({ name, problems }) => problems.map((problem) => `FAIL ${name}: ${problem}`));
console.log(`\n${problems.length ? problems.join("\n") : "Every event arrived exactly once after deduplication."}`);
process.exitCode = problems.length ? 1 : 0;

/** One line that changes on a terminal, a line every ten seconds elsewhere. */
function onProgress({ pages, tracked, arrived, again }) {
  const line = `     ${pages} pages, ${tracked} events, ${arrived} arrived, ${again} copies again`;
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
  else if (performance.now() - lastLine > 10_000) {
    lastLine = performance.now();
    console.log(line);
  }
}
