import type { Environment } from "../environment.js";

/** What following a consent platform takes of its surroundings. */
export type Page = Pick<Environment, "window" | "after">;

/** The page's own. */
export function browserPage(): Page {
  return {
    window,
    after(delay, callback) {
      const timer = setTimeout(callback, delay);
      return () => clearTimeout(timer);
    },
  };
}
