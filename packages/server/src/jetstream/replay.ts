import type { DeadLetter, DeadLetterFilter } from "../outbox/outbox.js";
import { toKeyText } from "../outbox/record.js";
import type { Census } from "./census.js";
import type { DeadLetters } from "./dead-letters.js";
import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import { pack, toRecord } from "./packet.js";
import type { Identity, Place, Seen } from "./seen.js";

/** What a replay works with. */
export interface ReplayParts {
  readonly engine: Engine;
  readonly names: Names;
  readonly census: Census;
  readonly seen: Seen;
  readonly letters: Pick<DeadLetters, "read" | "remove">;
  readonly waits: (place: Place, parcel: Identity) => Promise<boolean>;
  readonly onKept: () => void;
  /** Resolves when no other parcels are on their way. */
  readonly drained: () => Promise<void>;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** Letters put back at the same time. */
const together = 100;

/**
 * Puts dead letters back, oldest first, as many as there is room for; gives their number. A letter is removed when its
 * event is in again: where a process dies between, the next replay finds the message known to the servers.
 */
export async function replay(filter: DeadLetterFilter, parts: ReplayParts): Promise<number> {
  const { census, letters, drained, now } = parts;
  const start = now();
  let replayed = 0;
  let batch = new Map<string, DeadLetter>();

  /** Whether there may be room for more. */
  async function putBack(): Promise<boolean> {
    const room = await census.room(batch.size, drained);
    const fitting = [...batch].slice(0, Math.max(room, 0));
    const outcomes = await Promise.all(fitting.map(([, letter]) => putBackOne(letter, parts)));
    replayed += outcomes.filter(Boolean).length;
    const hasRoom = fitting.length === batch.size;
    batch = new Map();
    return hasRoom;
  }

  for await (const letter of letters.read(filter)) {
    if (letter.expiresAt <= start) continue;
    // What dies meanwhile is not of this replay.
    if (letter.diedAt > start) break;
    const key = toKeyText(letter);
    if ((batch.has(key) || batch.size >= together) && !(await putBack())) return replayed;
    batch.set(key, letter);
  }
  if (batch.size > 0) await putBack();
  return replayed;
}

/** Whether it was put back, and not there already. */
async function putBackOne(letter: DeadLetter, parts: ReplayParts): Promise<boolean> {
  const { engine, names, census, seen, letters, waits, onKept, now } = parts;
  const { key: number, reason, detail, diedAt, ...parcel } = letter;
  const place = seen.find(parcel)?.place;
  if (place && (await waits(place, parcel))) {
    await letters.remove(number);
    return false;
  }
  const subject = names.waiting("new", parcel.destination, 1);
  const data = pack(parcel.destination, [toRecord({ parcel, attempts: 0, dueAt: 0 })]);
  census.reserve(1);
  let isDuplicate = true;
  try {
    const published = await engine.publish(subject, data, `replay ${number} ${diedAt}`);
    ({ isDuplicate } = published);
    seen.put(parcel, { place: { stream: "new", sequence: published.sequence }, addedAt: now() });
  } finally {
    census.release(1, !isDuplicate);
  }
  await letters.remove(number);
  onKept();
  return !isDuplicate;
}
