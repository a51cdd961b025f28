import { standardEvents } from "./standard-events.js";

/**
 * The standard events that Meta's pixel takes by `track`, with blanks between. What is built has the text alone
 * (`precompute.ts`), so that a page does not carry the catalogue.
 */
export const metaWebNames: string = Object.entries(standardEvents)
  .filter(([, row]) => "meta" in row)
  .map(([name]) => name)
  .join(" ");
