import { createPixelThatReads } from "./create-pixel-that-reads.js";
import type { PixelOptions } from "./options.js";
import type { Pixel } from "./pixel.js";
import { usualForms } from "./read-person.js";

/**
 * Starts tracking on this page. On a server, where there is no page, it gives a pixel that does nothing.
 * @throws BeaconryError `invalid_option`, naming the option, when one is missing, unknown or of a wrong kind
 */
export function createPixel(options: PixelOptions): Pixel {
  return createPixelThatReads(usualForms(), options);
}
