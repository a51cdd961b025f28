import { accessSync, constants } from "node:fs";
import { run, say } from "./steps.mjs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * The path of a Chromium or Chrome: `CHROMIUM_PATH`, an installed one, or, for root on Debian, one installed now. Ends
 * the process with advice when there is none.
 */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return canRun(named) ? named : giveUp(`CHROMIUM_PATH names ${named}, which can not be run.`);
  const installed = usualPlaces.find(canRun);
  if (installed) return installed;
  if (process.getuid?.() === 0 && canRun("/usr/bin/apt-get")) {
    say("Installing Chromium from Debian's packages, for the tests that need a real browser");
    const quietly = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], quietly);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], quietly);
    if (canRun("/usr/bin/chromium")) return "/usr/bin/chromium";
  }
  return giveUp("No Chromium was found.");
}

function canRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function giveUp(reason) {
  console.error(`${reason} Install Chromium or Chrome, or name one in CHROMIUM_PATH, and try again.`);
  process.exit(1);
}
