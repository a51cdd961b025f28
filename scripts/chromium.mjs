import { canRun, installFromDebian } from "./debian.mjs";

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
  await installFromDebian(
    "chromium",
    "Installing Chromium from Debian's packages, for the tests that need a real browser",
  );
  return usualPlaces.find(canRun) ?? giveUp("No Chromium was found.");
}

function giveUp(reason) {
  console.error(`${reason} Install Chromium or Chrome, or name one in CHROMIUM_PATH, and try again.`);
  process.exit(1);
}
