import { readPerson } from "@beaconry/core/person";
import { sample } from "./before-send.js";
import { createPixelThatReads } from "./create-pixel-that-reads.js";
import type { PixelOptions } from "./options.js";
import type { Pixel } from "./pixel.js";
import { type Call, type EarlyMethods, earlyMethods } from "./queue-calls.js";

/** `window.beaconry`, once the script is there. It has the methods of the pixel that `create` made. */
export interface BeaconryGlobal extends Partial<Pixel> {
  createPixel(options: PixelOptions): Pixel;
  sample: typeof sample;
  /** Makes the page's pixel; a second call does nothing. Wrong options throw, see `createPixel`. */
  create(options: PixelOptions): void;
  /** The pixel that `create` made. */
  pixel?: Pixel;
  /** Makes calls as the queue before it took them. Those before `create` wait for it; an unknown one does nothing. */
  push(...calls: Call[]): void;
}

/** One file has everything: nothing is loaded for a person's data, save the tables of national phone numbers. */
function createPixel(options: PixelOptions): Pixel {
  return createPixelThatReads((user, { importPhone }) => readPerson(user, importPhone), options);
}

/** Puts `beaconry` into the page; where calls wait there, makes them, in their order, `create` first. */
export function installGlobal(page: { beaconry?: BeaconryGlobal | Call[] }): void {
  const queued = page.beaconry;
  // The script is on the page twice.
  if (queued && !Array.isArray(queued)) return;
  const early: Call[] = [];
  const methods: Partial<EarlyMethods> = {};
  for (const method of earlyMethods) methods[method] = (...given) => early.push([method, ...given]);
  function create(options: PixelOptions): void {
    if (beaconry.pixel) return;
    beaconry.pixel = createPixel(options);
    Object.assign(beaconry, beaconry.pixel);
    beaconry.push(...early.splice(0));
  }
  const beaconry: BeaconryGlobal = Object.assign(methods as Partial<Pixel>, {
    createPixel,
    sample,
    create,
    push(...calls: Call[]) {
      for (const call of calls) {
        if (!Array.isArray(call)) continue;
        const [method, ...given] = call as Call;
        // Not those of `beaconry`: a stub that comes once more has put its own there, which end here.
        const made: Record<string, unknown> = { ...beaconry.pixel, create };
        if (method !== "create" && !beaconry.pixel) early.push(call);
        else if (Object.hasOwn(made, method)) (made[method] as (...given: unknown[]) => void)(...given);
      }
    },
  });
  page.beaconry = beaconry;
  beaconry.push(...(queued ?? []));
}
