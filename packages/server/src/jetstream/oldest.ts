import type { Deliveries } from "./deliveries.js";
import type { Engine } from "./engine.js";
import type { Names, WaitingStream } from "./names.js";
import { unpack } from "./packet.js";

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
  const times = await Promise.all((["new", "later"] as const).map(oldestIn));
  const found = times.filter((time) => time !== undefined);
  return found.length > 0 ? Math.min(...found) : undefined;

  async function oldestIn(stream: WaitingStream): Promise<number | undefined> {
    const subject = names.waiting(stream, destination, "*");
    let from = 1;
    for (let looked = 0; looked < mostMessages; looked++) {
      // The next of this subject: a part of the request that the client's types leave out.
      const query = { seq: from, next_by_subj: subject };
      const message = await engine.run("looking for the oldest", ({ manager }) =>
        manager.streams.getMessage(names.streams[stream], query),
      );
      if (!message) return undefined;
      const [oldest] = deliveries.openOf(stream, message.seq, unpack(message.string(), ""));
      if (oldest) return oldest.time;
      from = message.seq + 1;
    }
    return undefined;
  }
}
