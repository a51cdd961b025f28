import type { Engine } from "./engine.js";
import type { Names, WaitingStream } from "./names.js";
import { type Packet, unpack } from "./packet.js";
import { idOf } from "./shelf.js";

/** A message in which parcels wait, as the stream has it. */
export interface WaitingMessage {
  readonly stream: WaitingStream;
  readonly sequence: number;
  readonly packet: Packet;
  /** When the stream got it, ms. */
  readonly storedAt: number;
}

/** Messages of a destination, whether due or not, whoever has them, in the order of their numbers. Takes nothing. */
export async function* readWaiting(
  engine: Engine,
  names: Names,
  stream: WaitingStream,
  destination: string,
): AsyncGenerator<WaitingMessage> {
  const subject = names.waiting(stream, destination, "*");
  for (let from = 1; ; ) {
    // The next of this subject: a part of the request that the client's types leave out.
    const query = { seq: from, next_by_subj: subject };
    const message = await engine.run(`reading ${names.streams[stream]}`, ({ manager }) =>
      manager.streams.getMessage(names.streams[stream], query),
    );
    if (!message) return;
    const packet = unpack(message.string(), idOf(stream, message.seq));
    yield { stream, sequence: message.seq, packet, storedAt: message.time.getTime() };
    from = message.seq + 1;
  }
}
