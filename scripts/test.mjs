// `npm test`: sets up what is missing, builds, then lints, checks types and sizes, and runs every test.
// The last line counts them all: `N passed, N failed`.
import { readFileSync, rmSync } from "node:fs";
import { findChromium } from "./chromium.mjs";
import { ensureNats } from "./nats.mjs";
import { ensurePostgres } from "./postgres.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const report = new URL("../test-report.json", import.meta.url);
const environment = { CHROMIUM_PATH: await findChromium(), NO_COLOR: "1" };
await ensurePostgres();
await ensureNats();
await installAndBuild();

const checks = [
  ["Format, lint and cycles of imports", ["run", "lint"]],
  ["Types", ["run", "typecheck"]],
  ["Files, exports and dependencies that nothing uses", ["run", "unused"]],
  ["Licences", ["run", "licences"]],
  ["Packages as published", ["run", "packages"]],
  ["Packages as installed, on each Node and TypeScript", ["run", "installed"]],
  ["Documentation", ["run", "docs"]],
];
const results = [];
for (const [name, args] of checks) {
  say(name);
  results.push((await pnpm(args, environment)) === 0);
}

say("Tests");
rmSync(report, { force: true });
const code = await pnpm(
  ["run", "unit", "--reporter=default", "--reporter=json", `--outputFile.json=${report.pathname}`],
  environment,
);
const { passed, failed } = countTests(code);
const allPassed = passed + results.filter(Boolean).length;
const allFailed = failed + results.filter((ok) => !ok).length;
console.log(`\n${allPassed} passed, ${allFailed} failed`);
process.exitCode = allFailed > 0 || allPassed === 0 ? 1 : 0;

/** A run that ended badly without a failed test (a crash, an unhandled error) is a failure too. */
function countTests(exitCode) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests || (exitCode === 0 ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
