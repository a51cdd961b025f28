import { accessSync, constants } from "node:fs";
import { run, say } from "./steps.mjs";

/**
 * Installs a package of Debian's where that can be done: by root, where there is `apt-get`. Does nothing elsewhere. No
 * service of the machine is started: tests start their own, on loopback.
 * @param {string} name of the package
 * @param {string} reason what is installed and what for, as it is shown
 */
export async function installFromDebian(name, reason) {
  if (process.getuid?.() !== 0 || !canRun("/usr/bin/apt-get")) return;
  say(reason);
  const quietly = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await run("apt-get", ["update", "-qq"], quietly);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], quietly);
}

/** Whether there is a program that may be run. */
export function canRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
