import { chromium } from "playwright-core";

/**
 * The Chromium of `CHROMIUM_PATH`, or Debian's, without the requests that it makes of its own accord.
 * @param {import("playwright-core").LaunchOptions} [options]
 */
export function launchChromium(options) {
  return chromium.launch({
    ...options,
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
