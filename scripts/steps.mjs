import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Runs a command in the repository's root, its output shown; gives its exit code. */
export function run(command, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...environment } });
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Runs pnpm, which `npx` brings along; its scripts run on the Node that the repository pins. */
export function pnpm(args, environment) {
  return run("npx", ["--yes", "pnpm@12", ...args], environment);
}

/** Says what happens next. */
export function say(text) {
  console.log(`\n▸ ${text}`);
}

/** Installs and builds everything that tests and demo run on; ends the process when that fails. */
export async function installAndBuild() {
  say("Installing packages from the npm registry");
  await must(pnpm(["install", "--frozen-lockfile"]));
  say("Building the packages and the example");
  await must(pnpm(["run", "build"]));
}

async function must(exitCode) {
  const code = await exitCode;
  if (code !== 0) process.exit(code);
}
