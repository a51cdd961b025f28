import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { DeadLetter, DeadLetterFilter, DeadLetterPage, Parcel } from "../outbox/outbox.js";
import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import { type Death, packDead, unpackDead } from "./packet.js";
import type { Pulled } from "./pull.js";

/** What was given up, one message each. */
export interface DeadLetters {
  /** @param id the same for the same death: it is kept once */
  bury(parcel: Parcel, death: Death, id: string): Promise<void>;
  list(page: DeadLetterPage): Promise<readonly DeadLetter[]>;
  /** Letters as they are now, oldest first. */
  read(filter: DeadLetterFilter, after?: string): AsyncGenerator<DeadLetter>;
  remove(key: string): Promise<void>;
  purge(filter: DeadLetterFilter): Promise<number>;
}

/** Letters of one pull. */
const step = 250;
/** A reader that was left lying is gone after so long, ms. */
const readerLife = 30_000;

/** @param patience how long the reader of the stream may take to answer, ms */
export function createDeadLetters(engine: Engine, names: Names, patience: number): DeadLetters {
  const stream = names.streams.dead;
  const subjectOf = ({ destination, reason }: DeadLetterFilter) => names.dead(destination, reason);

  async function* read(filter: DeadLetterFilter, after = "0"): AsyncGenerator<DeadLetter> {
    const first = Number(after) + 1;
    const { consumer, count } = await engine.run("reading dead letters", async ({ manager }) => {
      const { name, num_pending } = await manager.consumers.add(stream, {
        ack_policy: AckPolicy.None,
        filter_subject: subjectOf(filter),
        ...(first > 1
          ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: first }
          : { deliver_policy: DeliverPolicy.All }),
        inactive_threshold: nanos(readerLife),
        mem_storage: true,
        num_replicas: 1,
      });
      return { consumer: name, count: num_pending };
    });
    try {
      for (let left = count; left > 0; ) {
        const pulled: readonly Pulled[] = await engine.run("reading dead letters", ({ pull }) =>
          pull({ stream, consumer, most: step, mostBytes: step * 100_000, wait: patience, patience }),
        );
        // Fewer than there were: they were purged, or fell away.
        if (pulled.length === 0) break;
        left = pulled.at(-1)?.left ?? 0;
        for (const one of pulled) {
          const letter = toLetter(one);
          if (letter) yield letter;
        }
      }
    } finally {
      await engine
        .run("reading dead letters", ({ manager }) => manager.consumers.delete(stream, consumer))
        .catch(() => undefined);
    }
  }

  return {
    async bury(parcel, death, id) {
      await engine.publish(names.dead(parcel.destination, death.reason), packDead(parcel, death), id);
    },
    read,
    async list({ after, limit = Number.POSITIVE_INFINITY, ...filter }) {
      const letters: DeadLetter[] = [];
      if (limit < 1) return letters;
      for await (const letter of read(filter, after)) {
        letters.push(letter);
        if (letters.length >= limit) break;
      }
      return letters;
    },
    async remove(key) {
      await engine.run("removing a dead letter", async ({ manager }) => {
        // Another process may have been quicker.
        await manager.streams.deleteMessage(stream, Number(key), false).catch(unlessGone);
      });
    },
    async purge(filter) {
      const { purged } = await engine.run("purging dead letters", ({ manager }) =>
        manager.streams.purge(stream, { filter: subjectOf(filter) }),
      );
      return purged;
    },
  };
}

function toLetter({ data, sequence }: Pulled): DeadLetter | undefined {
  try {
    return { ...unpackDead(new TextDecoder().decode(data)), key: String(sequence) };
  } catch {
    // Somebody else's message.
    return undefined;
  }
}

/** The server's words for a message that is not there: it has no code of its own for them. */
function unlessGone(error: Error): void {
  if (!/not found|no message/i.test(error.message)) throw error;
}
