import { setTimeout as sleep } from "node:timers/promises";
import { isBeaconryError } from "@beaconry/core";
import type { LeasedParcel, Outbox } from "../../src/index.js";

/** How long a test waits for what must come, ms: no promise is about it, so it is long enough for the slowest machine. */
const patience = 20_000;

/** For `expect.poll`: what is so in a moment. */
export const soon = { timeout: patience, interval: 20 };

/** What a call gives; nothing where the servers did not answer in time: whoever asks has to ask again. */
export async function unlessAway<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isBeaconryError(error) && error.code === "outbox_failed") return undefined;
    throw error;
  }
}

/** Takes of "d" until it has so many. */
export async function takeUntil(outbox: Outbox, count: number): Promise<LeasedParcel[]> {
  const taken: LeasedParcel[] = [];
  for (const end = Date.now() + patience; taken.length < count && Date.now() < end; ) {
    taken.push(...(await outbox.take("d", count - taken.length)).parcels);
    if (taken.length < count) await sleep(50);
  }
  return taken;
}
