import type { DeadLetter, DeadLetterFilter, DeadLetterPage, Parcel } from "../outbox/outbox.js";
import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import { type Death, packDead, unpackDead } from "./packet.js";
import type { Pulled } from "./pull.js";
import { readStream } from "./reader.js";

/** What was given up, one message each. */
export interface DeadLetters {
  /** @param id the same for the same death: it is kept once */
  bury(parcel: Parcel, death: Death, id: string): Promise<void>;
  list(page: DeadLetterPage): Promise<readonly DeadLetter[]>;
  /** Letters as they are now, oldest first. */
  read(filter: DeadLetterFilter, after?: string): AsyncGenerator<DeadLetter>;
  remove(key: string): Promise<void>;
  /** Deletes all up to and with this one. */
  removeUpTo(key: string): Promise<void>;
  purge(filter: DeadLetterFilter): Promise<number>;
}

/** @param patience how long the server may take to answer, ms */
export function createDeadLetters(engine: Engine, names: Names, patience: number): DeadLetters {
  const stream = names.streams.dead;
  const subjectOf = ({ destination, reason }: DeadLetterFilter) => names.dead(destination, reason);

  async function* read(filter: DeadLetterFilter, after = "0"): AsyncGenerator<DeadLetter> {
    const reading = { stream, subject: subjectOf(filter), after: Number(after), patience };
    for await (const message of readStream(engine, reading)) {
      const letter = toLetter(message);
      if (letter) yield letter;
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
    remove: (key) => engine.deleteMessage(stream, Number(key)),
    async removeUpTo(key) {
      await engine.run("removing dead letters", ({ manager }) =>
        manager.streams.purge(stream, { filter: names.dead(), seq: Number(key) + 1 }),
      );
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
