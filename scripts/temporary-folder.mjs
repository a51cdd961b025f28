import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "beaconry-tests-";

/**
 * Around a run of the tests: whatever they, and what they start, put into the temporary folder lies in one of the run's
 * own and goes with it, also what a failed test, or a browser, left there. Of a run that was killed the next one clears up.
 */
export default function makeTemporaryFolder() {
  const parent = tmpdir();
  for (const name of readdirSync(parent).filter((name) => name.startsWith(prefix))) {
    if (!isRunning(Number.parseInt(name.slice(prefix.length), 10))) remove(join(parent, name));
  }
  const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  // PostgreSQL runs as a user of its own where this is root.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return () => remove(folder);
}

function remove(folder) {
  rmSync(folder, { recursive: true, force: true });
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== "ESRCH";
  }
}
