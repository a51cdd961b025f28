/** A method's name and its arguments: `["create", options]`, then calls of the pixel that it makes. */
export type Call = readonly [method: string, ...given: unknown[]];

/** What a page may call before the pixel is there. */
export const earlyMethods = ["create", "consent", "identify", "reset", "track", "page", "on"] as const;

/** Takes calls until they can be made; they give nothing until then. */
export type EarlyMethods = Record<(typeof earlyMethods)[number], (...given: unknown[]) => void>;

/** Makes `window.beaconry` a queue whose methods can be called before the script is there. */
export function queueCalls(page: { beaconry?: Call[] & Partial<EarlyMethods> }): void {
  page.beaconry ??= [];
  const queue = page.beaconry;
  for (const method of earlyMethods) queue[method] = (...given) => queue.push([method, ...given]);
}
