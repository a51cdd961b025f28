import { isbot } from "isbot";

/**
 * Whether a user agent is a robot's, by the kept list of the package isbot: crawlers, link previews, monitors, headless
 * browsers, HTTP libraries. A request without a user agent is not taken for a robot's.
 *
 * `createTracker({ …, collector: { isBot } })`
 */
export function isBot(userAgent: string | undefined): boolean {
  return isbot(userAgent);
}
