import type { Pixel } from "./pixel.js";

/**
 * A pixel for where there is no page, as in server rendering: it sends and keeps nothing. It still makes ids, since
 * code may pass them on.
 */
export function noOpPixel(randomId: () => string): Pixel {
  const nothing = () => {};
  return {
    consent: nothing,
    identify: nothing,
    reset: nothing,
    track: (_name, ...[, options]) => options?.id ?? randomId(),
    page: randomId,
    on: () => nothing,
    flush: async () => ({ sent: 0, pending: 0, dropped: 0, reasons: {} }),
  };
}
