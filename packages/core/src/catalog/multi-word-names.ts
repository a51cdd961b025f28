import { propertyKinds } from "./property-kinds.js";

/**
 * The standard properties whose names vendors write in another way, `content_ids` for `contentIds`, with blanks between.
 * What is built has the text alone (`precompute.ts`), so that a page does not carry every property and its kind.
 */
export const multiWordNames: string = Object.keys(propertyKinds)
  .filter((name) => name !== name.toLowerCase())
  .join(" ");
