import { randomId } from "./environment.js";
import { noOpPixel } from "./no-op-pixel.js";
import { checkOptions, type PixelOptions } from "./options.js";
import { type Pixel, startPixel } from "./pixel.js";

/**
 * Starts tracking on this page. On a server, where there is no page, it gives a pixel that does nothing.
 * @throws BeaconryError `invalid_option`, naming the option, when one is missing, unknown or of a wrong kind
 */
export function createPixel(options: PixelOptions): Pixel {
  checkOptions(options);
  return typeof window === "undefined" || typeof document === "undefined" ? noOpPixel(randomId) : startPixel(options);
}
