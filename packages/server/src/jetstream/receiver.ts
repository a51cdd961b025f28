import { readClocks } from "./clocks.js";
import type { Engine, Session } from "./engine.js";
import { type Names, toToken, type WaitingStream } from "./names.js";
import { type Packet, unpack } from "./packet.js";
import type { Pulled } from "./pull.js";
import type { Settler } from "./settler.js";
import { idOf, type Shelf } from "./shelf.js";

/** Pulls a destination's messages out of the streams, and puts on the shelf what is due or will be soon. */
export interface Receiver {
  /**
   * Pulls messages never taken, for about so many parcels; says whether that was all there were.
   * @param wait for the first, where there is none, ms
   */
  receiveNew(wanted: number, wait?: number): Promise<{ readonly wasAll: boolean }>;
  /** Pulls messages that come back until so many of their parcels are here, if it is time to look for them. */
  receiveReturning(wanted: number): Promise<void>;
  /** Whether there were more messages never taken than the last pull asked for. */
  readonly hasMore: boolean;
  /** Says which message could not be read since this was last asked, if one could not. */
  complaint(): string | undefined;
}

/** What a {@link Receiver} works with. */
export interface ReceiverParts {
  readonly engine: Engine;
  readonly names: Names;
  /** How long a consumer may take to answer, ms. */
  readonly patience: number;
}

/** Most messages of one pull, and about the most bytes. */
const pullMessages = 1_000;
const pullBytes = 8_000_000;
/** Pulls of messages that come back in one go: of those that are not due yet each is pulled once before its time. */
const returningPulls = 10;
/** Messages that others put back are looked for so often, ms. */
const lookEvery = 250;
/** A message given so often and never settled ends those that take it, it seems. */
const mostDeliveries = 100;
/** What can not be read is away so long, ms: another version may read it. */
const unreadableFor = 60_000;
/** A message that is due within this part of its lease is kept here until then. */
const soonPart = 1 / 8;

const decoder = new TextDecoder();

/** Of one destination. */
export function createReceiver(
  destination: string,
  shelf: Shelf,
  settler: Pick<Settler, "acknowledge" | "bury">,
  { engine, names, patience }: ReceiverParts,
): Receiver {
  const consumer = toToken(destination);
  /** Parcels in a message, lately: many at first, so that the first pull is not too large. */
  const usual = { new: 250, later: 250 };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let hasMore = false;
  let unreadable: string | undefined;

  /** Pulls messages for about so many parcels, and sorts them. */
  async function receive(stream: WaitingStream, wanted: number, wait = 0): Promise<{ wasAll: boolean; left: number }> {
    const most = Math.min(Math.max(Math.ceil(wanted / usual[stream]), 1), pullMessages);
    // At least one message, however large.
    const mostBytes = Math.max(pullBytes, 2 * engine.maxPayload);
    const { session, messages, start, lease } = await engine.run(`taking for ${destination}`, async (session) => {
      const lease = await engine.ensureConsumer(session, stream, destination);
      const start = performance.now();
      const pull = { stream: names.streams[stream], consumer, most, mostBytes, wait, patience };
      return { session, messages: await session.puller.pull(pull), start, lease };
    });
    let parcels = 0;
    for (const message of messages) parcels += await sort(session, stream, message, lease, start + lease);
    if (messages.length > 0) usual[stream] = Math.max(parcels / messages.length, 1);
    return { wasAll: messages.length < most, left: messages.at(-1)?.left ?? 0 };
  }

  /** Keeps a message, or gives it back until it is due. Gives the number of its parcels. */
  async function sort(
    session: Session,
    stream: WaitingStream,
    pulled: Pulled,
    lease: number,
    leaseEnd: number,
  ): Promise<number> {
    const packet = read(stream, pulled);
    if (!packet) {
      putOff(session, pulled, unreadableFor);
      unreadable = `message ${pulled.sequence} of ${names.streams[stream]} was not written by this version: left alone`;
      return 0;
    }
    const now = readClocks();
    // No longer than at first: the clock may have been set since.
    const wait = Math.min(Math.max((packet.dueAts[0] ?? 0) - now.wall, 0), packet.wait);
    if (wait > lease * soonPart) {
      putOff(session, pulled, wait);
      shelf.expect(pulled.sequence, now.wall + wait);
      return packet.parcels.length;
    }
    const held = shelf.put(stream, pulled, packet, { lease, leaseEnd }, now);
    const times = pulled.deliveries - 1;
    if (times >= mostDeliveries) await settler.bury(held, `taken ${times} times and never settled`);
    if (held.open === 0) settler.acknowledge([held]);
    return packet.parcels.length;
  }

  function putOff({ connection }: Session, { reply }: Pulled, wait: number): void {
    connection.publish(reply, `-NAK ${JSON.stringify({ delay: Math.ceil(wait * 1_000_000) })}`);
  }

  function isTimeToLook(): boolean {
    const now = readClocks();
    return now.steady - lookedAt >= lookEvery || shelf.expectsNow(now);
  }

  return {
    async receiveNew(wanted, wait) {
      const { wasAll, left } = await receive("new", wanted, wait);
      hasMore = left > 0;
      return { wasAll };
    },
    async receiveReturning(wanted) {
      if (shelf.returning >= wanted || !isTimeToLook()) return;
      for (let round = 0; round < returningPulls && shelf.returning < wanted; round++) {
        const { wasAll } = await receive("later", wanted - shelf.returning);
        if (!wasAll) continue;
        lookedAt = performance.now();
        break;
      }
    },
    get hasMore() {
      return hasMore;
    },
    complaint() {
      const words = unreadable;
      unreadable = undefined;
      return words;
    },
  };
}

function read(stream: WaitingStream, { data, sequence }: Pulled): Packet | undefined {
  try {
    return unpack(decoder.decode(data), idOf(stream, sequence));
  } catch {
    return undefined;
  }
}
