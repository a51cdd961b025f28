import { randomId } from "./environment.js";
import { noOpPixel } from "./no-op-pixel.js";
import { checkOptions, type PixelOptions } from "./options.js";
import { type Pixel, startPixel } from "./pixel.js";
import type { ReadPerson } from "./read-person.js";

/** `createPixel`, with a reading of a person's data: a module of its own, so that the script file has only one. */
export function createPixelThatReads(readPerson: ReadPerson, options: PixelOptions): Pixel {
  checkOptions(options);
  return typeof window === "undefined" || typeof document === "undefined"
    ? noOpPixel(randomId)
    : startPixel(options, readPerson);
}
