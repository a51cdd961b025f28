import { createHeap } from "../outbox/heap.js";
import type { LeasedParcel } from "../outbox/outbox.js";
import type { Now } from "./clocks.js";
import type { WaitingStream } from "./names.js";
import type { Packet } from "./packet.js";
import type { Pulled } from "./pull.js";

/** A message that this process holds, or held until its lease ran out. */
export interface Held {
  /** Stream and number: with them the keys of its parcels begin. */
  readonly id: string;
  readonly stream: WaitingStream;
  /** As it came: its acknowledgement goes there. Without a `reply` it was read from its stream, past the consumer. */
  pulled: Pulled;
  readonly packet: Packet;
  /** Of each parcel: waiting, given or {@link settled}. */
  readonly states: Uint8Array;
  /** Parcels not settled, and those of them that are given. */
  open: number;
  given: number;
  /** How long the server leaves it to whoever took it, ms. */
  readonly lease: number;
  /** Steady clock, ms: the server gives it to somebody else then. */
  leaseEnd: number;
  /** Steady clock, ms: when the first of its parcels was given; 0 before. */
  givenAt: number;
  /** Its parcels come back, rather than being given for the first time. */
  readonly isReturn: boolean;
  /** Its lease has run out: somebody else may have it. */
  isLapsed: boolean;
}

/** One parcel in a held message. */
export interface Place {
  readonly held: Held;
  readonly index: number;
}

/** What this process has taken of one destination, and what it knows to come back. Without clock and network. */
export interface Shelf {
  /** Takes a message in; where it came before, what is settled of it stays settled. */
  put(stream: WaitingStream, pulled: Pulled, packet: Packet, lease: Pick<Held, "lease" | "leaseEnd">, now: Now): Held;
  /** Gives what is due: first what comes back, in the order of its times, then what was never taken. */
  give(most: number, now: Now): { parcels: LeasedParcel[]; from: Set<Held> };
  /** Gives what is not settled of a message, due or not, given before or not: each parcel's place in it. */
  giveAnyhow(held: Held, most: number, now: Now): readonly { readonly index: number; readonly wasGiven: boolean }[];
  /** Puts what is not settled of a message out of reach for `give`; gives each parcel's place in it. */
  withhold(held: Held): readonly number[];
  settle(place: Place): void;
  /** It is acknowledged, or given back. */
  drop(held: Held): void;
  /** Gives nothing more of messages whose lease has run out. */
  lapse(now: Now): void;
  /** A message of this number comes back then, ms. */
  expect(sequence: number, dueAt: number): void;
  /** Whether a message that comes back is due now. */
  expectsNow(now: Now): boolean;
  /** When the next parcel is due that this process knows of, ms. */
  nextDueAt(now: Now): number | undefined;
  /** The message of this id, lapsed or not. */
  find(id: string): Held | undefined;
  /** Messages with a lease. */
  readonly held: Iterable<Held>;
  /** Parcels here that come back and are not given. */
  readonly returning: number;
  /** Messages that this process knows to be in the streams. */
  readonly known: number;
  /** Parcels settled, of messages that are in the streams still. */
  readonly settled: number;
}

const [waiting, given] = [0, 1];
export const settled = 2;

/** A message whose next parcel is due then. */
interface Turn {
  readonly held: Held;
  readonly dueAt: number;
  readonly order: number;
}

/** How long a message that is due is looked for before it counts as somebody else's, ms. */
const searchTime = 2_000;
/** Pause between looks for it, ms. */
const searchPause = 100;
/** Messages whose lease ran out, remembered for late acknowledgements. */
const mostLapsed = 10_000;

/** What a message of this stream and number is called. */
export function idOf(stream: WaitingStream, sequence: number): string {
  return `${stream}.${sequence}`;
}

/** When the first parcel of a message came into the outbox, ms. */
export function since({ packet, pulled }: Pick<Held, "packet" | "pulled">): number {
  return packet.since || pulled.storedAt;
}

/** Holds nothing. */
export function createShelf(): Shelf {
  const all = new Map<string, Held>();
  const lapsed = new Map<string, Held>();
  const returns = createHeap<Turn>((a, b) => a.dueAt - b.dueAt || a.order - b.order);
  const fresh = new Set<Held>();
  /** Messages that come back, by their number, with the time. */
  const expected = new Map<number, number>();
  const expectations = createHeap<{ sequence: number; dueAt: number }>((a, b) => a.dueAt - b.dueAt);
  let turns = 0;

  const nextIndex = ({ states }: Held) => states.indexOf(waiting);
  const isHere = (held: Held) => all.get(held.id) === held && nextIndex(held) >= 0;

  function nextReturn(): Turn | undefined {
    for (let turn = returns.peek(); turn; turn = returns.peek()) {
      if (isHere(turn.held)) return turn;
      returns.pop();
    }
    return undefined;
  }

  function nextFresh(): Held | undefined {
    for (const held of fresh) {
      if (isHere(held)) return held;
      fresh.delete(held);
    }
    return undefined;
  }

  /** The next parcel that is due. */
  function next(now: Now): Place | undefined {
    const turn = nextReturn();
    if (turn && turn.dueAt <= now.wall) return { held: turn.held, index: nextIndex(turn.held) };
    const held = nextFresh();
    return held && { held, index: nextIndex(held) };
  }

  function queueReturn(held: Held, now: Now): void {
    const index = nextIndex(held);
    // What was never taken but comes again has lost its lease just now.
    if (index >= 0) returns.push({ held, order: ++turns, dueAt: held.packet.dueAts[index] || now.wall });
  }

  /** The first time at which a message is expected that has not been looked for in vain. */
  function nextExpected(now: Now): number | undefined {
    for (let first = expectations.peek(); first; first = expectations.peek()) {
      const isCurrent = expected.get(first.sequence) === first.dueAt;
      if (isCurrent && first.dueAt > now.wall - searchTime) return first.dueAt;
      if (isCurrent) expected.delete(first.sequence);
      expectations.pop();
    }
    return undefined;
  }

  return {
    put(stream, pulled, packet, { lease, leaseEnd }, now) {
      if (stream === "later") expected.delete(pulled.sequence);
      const id = idOf(stream, pulled.sequence);
      const last = all.get(id) ?? lapsed.get(id);
      if (last && !last.isLapsed && last.pulled.reply === "") {
        last.pulled = pulled;
        return last;
      }
      const before = last?.pulled.storedAt === pulled.storedAt ? last : undefined;
      const states = Uint8Array.from(packet.parcels, (_, at) => (before?.states[at] === settled ? settled : waiting));
      const open = states.reduce((count, state) => (state === settled ? count : count + 1), 0);
      const isReturn = pulled.deliveries > 1 || packet.dueAts[0] !== 0;
      const held = {
        ...{ id, stream, pulled, packet, states, open, lease, leaseEnd, isReturn },
        ...{ given: 0, givenAt: 0, isLapsed: false },
      };
      lapsed.delete(id);
      all.set(id, held);
      if (isReturn) queueReturn(held, now);
      else fresh.add(held);
      return held;
    },
    give(most, now) {
      const parcels: LeasedParcel[] = [];
      const from = new Set<Held>();
      for (let place = next(now); place && parcels.length < most; place = next(now)) {
        const { held } = place;
        const { packet, states, isReturn } = held;
        const dueAt = packet.dueAts[place.index];
        // All of a message that is due at the same time: they stand one after the other.
        for (let at = place.index; at < states.length && packet.dueAts[at] === dueAt && parcels.length < most; at++) {
          const parcel = packet.parcels[at];
          if (states[at] !== waiting || !parcel) continue;
          states[at] = given;
          held.given++;
          parcels.push(parcel);
        }
        held.givenAt ||= now.steady;
        from.add(held);
        if (!isReturn) continue;
        returns.pop();
        queueReturn(held, now);
      }
      return { parcels, from };
    },
    giveAnyhow(held, most, now) {
      held.givenAt ||= now.steady;
      return openOf(held)
        .slice(0, most)
        .map((index) => ({ index, wasGiven: setGiven(held, index) }));
    },
    withhold(held) {
      const open = openOf(held);
      for (const index of open) setGiven(held, index);
      return open;
    },
    settle({ held, index }) {
      if (held.states[index] === settled) return;
      if (held.states[index] === given) held.given--;
      held.states[index] = settled;
      held.open--;
    },
    drop(held) {
      fresh.delete(held);
      for (const map of [all, lapsed]) if (map.get(held.id) === held) map.delete(held.id);
    },
    lapse(now) {
      for (const held of all.values()) {
        if (held.leaseEnd > now.steady) continue;
        held.isLapsed = true;
        all.delete(held.id);
        fresh.delete(held);
        lapsed.set(held.id, held);
      }
      for (const id of lapsed.keys()) {
        if (lapsed.size <= mostLapsed) break;
        lapsed.delete(id);
      }
    },
    expect(sequence, dueAt) {
      expected.set(sequence, dueAt);
      expectations.push({ sequence, dueAt });
    },
    expectsNow: (now) => (nextExpected(now) ?? Number.POSITIVE_INFINITY) <= now.wall,
    nextDueAt(now) {
      if (nextFresh()) return now.wall;
      const expectedAt = nextExpected(now);
      const times = [
        nextReturn()?.dueAt,
        // Not found yet: it is on its way, or somebody else's.
        expectedAt !== undefined && expectedAt <= now.wall ? now.wall + searchPause : expectedAt,
      ];
      for (const { given, leaseEnd } of all.values()) if (given > 0) times.push(now.wall + leaseEnd - now.steady);
      const first = Math.min(...times.filter((time) => time !== undefined));
      return first === Number.POSITIVE_INFINITY ? undefined : Math.max(Math.ceil(first), now.wall);
    },
    find: (id) => all.get(id) ?? lapsed.get(id),
    get held() {
      return all.values();
    },
    get returning() {
      let count = 0;
      for (const { isReturn, open, given } of all.values()) if (isReturn) count += open - given;
      return count;
    },
    get known() {
      return all.size + expected.size;
    },
    get settled() {
      let count = 0;
      for (const map of [all, lapsed])
        for (const { packet, open } of map.values()) count += packet.parcels.length - open;
      return count;
    },
  };
}

/** Places of the parcels that are not settled. */
function openOf({ states }: Held): number[] {
  return [...states.keys()].filter((index) => states[index] !== settled);
}

/** Whether the parcel was given before. */
function setGiven(held: Held, index: number): boolean {
  const wasGiven = held.states[index] === given;
  if (!wasGiven) held.given++;
  held.states[index] = given;
  return wasGiven;
}

/** What a key says. */
export function readKey(key: string): { id: string; index: number } {
  const end = key.lastIndexOf(".");
  return { id: key.slice(0, end), index: end < 0 ? -1 : Number(key.slice(end + 1)) };
}
