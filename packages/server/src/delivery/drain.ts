import { longestTimer } from "../longest-timer.js";
import type { Pump } from "./pump.js";

/** Resolves when all pumps are drained, and after `timeout` ms at the latest. */
export async function drain(pumps: readonly Pick<Pump, "drained">[], timeout: number): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const longest = Math.min(timeout, longestTimer);
  const handle = setTimeout(timer.resolve, longest);
  await Promise.race([Promise.all(pumps.map((pump) => pump.drained(longest))), timer.promise]);
  clearTimeout(handle);
}
