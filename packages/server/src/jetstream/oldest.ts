import type { Deliveries } from "./deliveries.js";
import type { Engine } from "./engine.js";
import type { Names, WaitingStream } from "./names.js";
import { readWaiting } from "./waiting-messages.js";

/** Messages looked at in each stream, where this process has settled all of the first. */
const mostMessages = 20;

/**
 * When the event happened that has waited longest, ms: by the first message of those never taken, and the first of
 * those that come back.
 */
export async function findOldest(
  engine: Engine,
  names: Names,
  deliveries: Pick<Deliveries, "openOf">,
  destination: string,
): Promise<number | undefined> {
  const [fresh, back] = await Promise.all([oldestIn("new"), oldestIn("later")]);
  if (!fresh || !back) return (fresh ?? back)?.time;
  return back.since < fresh.since ? back.time : fresh.time;

  async function oldestIn(stream: WaitingStream): Promise<{ time: number; since: number } | undefined> {
    let looked = 0;
    for await (const { sequence, packet, storedAt } of readWaiting(engine, names, stream, destination)) {
      const [oldest] = deliveries.openOf(stream, sequence, packet);
      if (oldest) return { time: oldest.time, since: packet.since || storedAt };
      if (++looked >= mostMessages) break;
    }
    return undefined;
  }
}
