import { hash } from "node:crypto";
import type { Parcel } from "../outbox/outbox.js";
import type { WaitingStream } from "./names.js";

/** What makes two parcels the same. */
export type Identity = Pick<Parcel, "destination" | "name" | "id">;

/** A message of a stream. */
export interface Place {
  readonly stream: WaitingStream;
  readonly sequence: number;
}

/** What is remembered of parcels: one mark for all that came into the same message. */
export interface Mark {
  /** Where they are; `undefined` while they are on their way. */
  place?: Place;
  /** When they came there, ms. */
  addedAt: number;
  /** While they are on their way: rejects when they do not arrive. */
  arrival?: Promise<unknown>;
}

/** What this process added within the deduplication window, and what of it may wait still after that. */
export interface Seen {
  find(identity: Identity): Mark | undefined;
  /** Whether a mark that was found says by itself that the parcel is a duplicate. */
  isCurrent(mark: Mark, now: number): boolean;
  /** Whether anything is remembered for longer than the window. */
  hasOlder(now: number): boolean;
  put(identity: Identity, mark: Mark): void;
  /** The parcel is in another message now. */
  move(identity: Identity, place: Place): void;
  /** Takes a mark back that was put last. */
  remove(identity: Identity): void;
  /** Forgets what is past its time and of which the message is gone; looks at a few times as many as were added. */
  prune(added: number, now: number, firstSequences: Readonly<Record<WaitingStream, number>> | undefined): void;
}

/** Longer ids are hashed: they come from anywhere. */
const longestId = 200;
/** Marks looked at for each one that was added. */
const lookedAt = 4;

/**
 * @param window how long a mark counts, ms
 * @param most marks, each of about 150 bytes; the oldest are forgotten first
 */
export function createSeen(window: number, most: number): Seen {
  /** By destination, name and id. */
  const destinations = new Map<string, Map<string, Map<string, Mark>>>();
  /** In the order in which they were put; past the window they go on to `older`, if their message may be there still. */
  const recent = createQueue();
  const older = createQueue();

  function idsOf({ destination, name }: Identity): Map<string, Mark> {
    const names = destinations.get(destination) ?? new Map<string, Map<string, Mark>>();
    if (names.size === 0) destinations.set(destination, names);
    const ids = names.get(name) ?? new Map<string, Mark>();
    if (ids.size === 0) names.set(name, ids);
    return ids;
  }

  const find = ({ destination, name, id }: Identity) => destinations.get(destination)?.get(name)?.get(shorten(id));

  function remove({ destination, name, id }: Identity): void {
    const names = destinations.get(destination);
    const ids = names?.get(name);
    ids?.delete(shorten(id));
    if (ids?.size === 0) names?.delete(name);
  }

  return {
    find,
    isCurrent: ({ place, addedAt }, now) => place === undefined || addedAt > now - window,
    hasOlder(now) {
      const first = recent.peek();
      return older.size > 0 || (first !== undefined && (find(first)?.addedAt ?? now) <= now - window);
    },
    put(identity, mark) {
      const { destination, name, id } = identity;
      idsOf(identity).set(shorten(id), mark);
      // Not the parcel itself: its body must not stay.
      recent.push({ destination, name, id: shorten(id) });
    },
    move(identity, place) {
      const mark = find(identity);
      if (mark) idsOf(identity).set(shorten(identity.id), { ...mark, place });
    },
    remove,
    prune(added, now, firstSequences) {
      const isGone = ({ place }: Mark) => place !== undefined && place.sequence < (firstSequences?.[place.stream] ?? 0);
      const isFull = () => recent.size + older.size > most;
      for (let step = 0; step < added * lookedAt; step++) {
        const first = recent.peek();
        const mark = first && find(first);
        const isOver = !mark || (mark.place !== undefined && mark.addedAt <= now - window);
        if (!first || !(isOver || isFull())) break;
        recent.pop();
        if (mark && isOver && !isGone(mark)) older.push(first);
        else remove(first);
      }
      for (let step = 0; step < added * lookedAt; step++) {
        const first = older.peek();
        const mark = first && find(first);
        if (!first || (mark && !isGone(mark) && !isFull())) break;
        older.pop();
        // Put anew meanwhile: then it is among the recent.
        if (mark && mark.addedAt <= now - window) remove(first);
      }
    },
  };
}

function shorten(id: string): string {
  return id.length > longestId ? hash("sha256", id, "base64url") : id;
}

/** First in, first out. */
function createQueue() {
  let items: Identity[] = [];
  let head = 0;
  return {
    push: (item: Identity) => void items.push(item),
    peek: () => items[head],
    pop() {
      head++;
      if (head < 1_000 || head < items.length / 2) return;
      items = items.slice(head);
      head = 0;
    },
    get size() {
      return items.length - head;
    },
  };
}
