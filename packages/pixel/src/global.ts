import { createPixel } from "./create-pixel.js";
import type { Pixel } from "./pixel.js";

/** A method's name and its arguments: `["create", options]` first, then calls of the pixel that it makes. */
export type Call = readonly [method: string, ...given: unknown[]];

/** `window.beaconry`, once the script is there. */
export interface BeaconryGlobal {
  createPixel: typeof createPixel;
  /** The pixel that `["create", options]` made. */
  pixel?: Pixel;
  /** Makes calls as the queue before it took them, so that a page need not know whether the script is there yet. */
  push(...calls: Call[]): void;
}

/** Puts `beaconry` into the page; where a stub has queued calls there, makes them, in their order, `create` first. */
export function installGlobal(page: { beaconry?: BeaconryGlobal | Call[] }): void {
  const queued = page.beaconry;
  // The script is on the page twice.
  if (queued && !Array.isArray(queued)) return;
  const early: Call[] = [];
  const beaconry: BeaconryGlobal = {
    createPixel,
    push(...calls) {
      for (const [method, ...given] of calls) {
        const { pixel } = beaconry;
        if (method === "create") {
          if (pixel) continue;
          beaconry.pixel = createPixel(...(given as Parameters<typeof createPixel>));
          beaconry.push(...early.splice(0));
        } else if (pixel && Object.hasOwn(pixel, method)) {
          (pixel[method as keyof Pixel] as (...given: unknown[]) => unknown)(...given);
        } else if (!pixel) {
          early.push([method, ...given]);
        }
      }
    },
  };
  page.beaconry = beaconry;
  beaconry.push(...(queued ?? []));
}
