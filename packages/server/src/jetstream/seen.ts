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
  prune(added: number, now: number, firstSequences: FirstSequences | undefined): void;
}

/** Everything below these numbers is gone from the streams. */
export type FirstSequences = Readonly<Record<WaitingStream, number>>;

/** Longer ids are hashed: they come from anywhere. */
const longestId = 200;
/** Marks looked at for each one that was added. */
const lookedAt = 4;

/** Marks of one destination and name, by id. */
interface Kind {
  readonly destination: string;
  readonly name: string;
  readonly marks: Map<string, Mark>;
}

/**
 * @param window how long a mark counts, ms
 * @param most marks, each of about 150 bytes; the oldest are forgotten first
 */
export function createSeen(window: number, most: number): Seen {
  /** By destination and name. */
  const kinds = new Map<string, Map<string, Kind>>();
  /** The one asked for last: mostly it is asked for again. */
  let latest: Kind | undefined;
  /** In the order in which they were put; past the window they go on to `older`, if their message may be there still. */
  const recent = createQueue();
  const older = createQueue();

  function findKind(destination: string, name: string): Kind | undefined {
    if (latest?.name !== name || latest.destination !== destination) latest = kinds.get(destination)?.get(name);
    return latest;
  }

  function addKind(destination: string, name: string): Kind {
    const names = kinds.get(destination) ?? new Map<string, Kind>();
    kinds.set(destination, names);
    latest = { destination, name, marks: new Map() };
    names.set(name, latest);
    return latest;
  }

  function forget({ destination, name, marks }: Kind, id: string): void {
    marks.delete(id);
    if (marks.size > 0) return;
    kinds.get(destination)?.delete(name);
    latest = undefined;
  }

  const isGone = ({ place }: Mark, firstSequences: FirstSequences | undefined) =>
    place !== undefined && place.sequence < (firstSequences?.[place.stream] ?? 0);
  const isFull = () => recent.size + older.size > most;

  /** Whether the first of the recent could be dealt with. */
  function pruneRecent(now: number, firstSequences: FirstSequences | undefined): boolean {
    const first = recent.peek();
    if (!first) return false;
    const { kind, id } = first;
    const mark = kind.marks.get(id);
    const isOver = !mark || (mark.place !== undefined && mark.addedAt <= now - window);
    if (!isOver && !isFull()) return false;
    recent.pop();
    if (mark && isOver && !isGone(mark, firstSequences)) older.push(kind, id);
    else if (mark) forget(kind, id);
    return true;
  }

  /** Whether the first of the older could be dealt with. */
  function pruneOlder(now: number, firstSequences: FirstSequences | undefined): boolean {
    const first = older.peek();
    if (!first) return false;
    const { kind, id } = first;
    const mark = kind.marks.get(id);
    if (mark && !isGone(mark, firstSequences) && !isFull()) return false;
    older.pop();
    // Put anew meanwhile: then it is among the recent.
    if (mark && mark.addedAt <= now - window) forget(kind, id);
    return true;
  }

  const find = ({ destination, name, id }: Identity) => findKind(destination, name)?.marks.get(shorten(id));

  return {
    find,
    isCurrent: ({ place, addedAt }, now) => place === undefined || addedAt > now - window,
    hasOlder(now) {
      const first = recent.peek();
      return older.size > 0 || (first?.kind.marks.get(first.id)?.addedAt ?? now) <= now - window;
    },
    put({ destination, name, id }, mark) {
      const kind = findKind(destination, name) ?? addKind(destination, name);
      kind.marks.set(shorten(id), mark);
      recent.push(kind, shorten(id));
    },
    move(identity, place) {
      const mark = find(identity);
      if (mark) findKind(identity.destination, identity.name)?.marks.set(shorten(identity.id), { ...mark, place });
    },
    remove({ destination, name, id }) {
      const kind = findKind(destination, name);
      if (kind) forget(kind, shorten(id));
    },
    prune(added, now, firstSequences) {
      for (let step = 0; step < added * lookedAt && pruneRecent(now, firstSequences); step++);
      for (let step = 0; step < added * lookedAt && pruneOlder(now, firstSequences); step++);
    },
  };
}

function shorten(id: string): string {
  return id.length > longestId ? hash("sha256", id, "base64url") : id;
}

/** First in, first out. */
function createQueue() {
  let kinds: Kind[] = [];
  let ids: string[] = [];
  let head = 0;
  return {
    push(kind: Kind, id: string) {
      kinds.push(kind);
      ids.push(id);
    },
    peek() {
      const [kind, id] = [kinds[head], ids[head]];
      return kind && id !== undefined ? { kind, id } : undefined;
    },
    pop() {
      head++;
      if (head < 1_000 || head < ids.length / 2) return;
      kinds = kinds.slice(head);
      ids = ids.slice(head);
      head = 0;
    },
    get size() {
      return ids.length - head;
    },
  };
}
