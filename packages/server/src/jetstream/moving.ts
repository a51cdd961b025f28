import type { OnceKeyPage } from "../outbox/movable-outbox.js";
import type { DeadLetter } from "../outbox/outbox.js";
import type { DeadLetters } from "./dead-letters.js";
import type { Engine } from "./engine.js";
import { type Names, readSubject, toName } from "./names.js";
import { keepOnce } from "./once.js";
import { readStream } from "./reader.js";

/** Requests under way at the same time. */
const together = 100;

/** Destinations of which parcels wait or dead letters are kept, in alphabetical order. */
export async function listDestinations(engine: Engine, names: Names): Promise<readonly string[]> {
  const found = new Set<string>();
  await Promise.all(
    Object.values(names.streams).map(async (stream) => {
      const { state } = await engine.run("looking for destinations", ({ manager }) =>
        manager.streams.info(stream, { subjects_filter: ">" }),
      );
      for (const subject of Object.keys(state.subjects ?? {})) found.add(toName(readSubject(subject).token));
    }),
  );
  return [...found].sort();
}

/** Keeps dead letters of another outbox, in their order. */
export async function adoptDeadLetters(letters: Pick<DeadLetters, "bury">, adopted: readonly DeadLetter[]) {
  for (const { key, reason, detail, diedAt, ...parcel } of adopted) {
    await letters.bury(parcel, { reason, detail, diedAt }, crypto.randomUUID());
  }
}

/** A page of the register of `once`; `after` is a number in its stream. */
export async function listOnceKeys(
  engine: Engine,
  names: Names,
  patience: number,
  { after = "0", limit }: { readonly after?: string; readonly limit: number },
): Promise<OnceKeyPage> {
  const bucket = names.buckets.once;
  const keys: string[] = [];
  let last = after;
  const reading = { stream: `KV_${bucket}`, subject: `$KV.${bucket}.>`, after: Number(after), patience };
  for await (const { subject, sequence, isDeletion } of readStream(engine, { ...reading, isHeadersOnly: true })) {
    // One more than asked for: there is another page.
    if (keys.length >= limit) return { keys, next: last };
    last = String(sequence);
    if (!isDeletion) keys.push(subject.slice(subject.lastIndexOf(".") + 1));
  }
  return { keys };
}

/** Puts keys into the register of `once`; what is there already stays. */
export async function adoptOnceKeys(engine: Engine, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += together) {
    await Promise.all(keys.slice(at, at + together).map((key) => keepOnce(engine, key)));
  }
}
