import { BeaconryError } from "@beaconry/core";
import type { WaitingParcel } from "../outbox/movable-outbox.js";
import type { LeasedParcel, Settlement, Taken } from "../outbox/outbox.js";
import { type Census, countOf } from "./census.js";
import type { DeadLetters } from "./dead-letters.js";
import type { Engine, Session } from "./engine.js";
import { type Names, toToken, type WaitingStream } from "./names.js";
import { type PackedParcel, type Packet, unpack } from "./packet.js";
import type { Pulled } from "./pull.js";
import { publishReturns } from "./returns.js";
import type { Seen } from "./seen.js";
import {
  createShelf,
  given,
  type Held,
  idOf,
  type Now,
  type Place,
  type Shelf,
  settled,
  since,
  waiting,
} from "./shelf.js";
import { readWaiting, type WaitingMessage } from "./waiting-messages.js";

/** Takes a destination's messages out of the streams, and acknowledges each when all of its parcels are settled. */
export interface Lane {
  take(most: number): Promise<Taken>;
  /** Leases parcels, due or not, held by somebody or not. */
  takeAll(most: number): Promise<readonly WaitingParcel[]>;
  settle(settlements: readonly PlacedSettlement[]): Promise<void>;
  /** Gives up leases that have run out, and gives back what nobody here asks for. */
  tend(): Promise<void>;
  /** Resolves when the streams know of all that was acknowledged so far. */
  acknowledged(): Promise<void>;
  /** Gives back what is not settled. */
  close(): Promise<void>;
  readonly shelf: Pick<Shelf, "find" | "settled">;
}

/** A settlement, and the parcel that it is about. */
export interface PlacedSettlement {
  readonly place: Place;
  readonly settlement: Settlement;
}

/** What a {@link Lane} works with. */
export interface LaneParts {
  readonly engine: Engine;
  readonly names: Names;
  readonly census: Census;
  readonly seen: Seen;
  readonly letters: Pick<DeadLetters, "bury">;
  /** ms */
  readonly lease: number;
  /** How long a consumer may take to answer, ms. */
  readonly patience: number;
}

/** A parcel that comes back, where it was, and when it came into the outbox, ms. */
interface Return {
  readonly place: Place;
  readonly packed: PackedParcel;
  readonly since: number;
}

/** Most messages of one pull, and about the most bytes. */
const pullMessages = 1_000;
const pullBytes = 8_000_000;
/** Pulls of messages that come back in one `take`: of those that are not due yet each is pulled once before its time. */
const returningPulls = 10;
/** How long an empty `take` waits for a message on its way from the stream to its consumer, ms. */
const arrival = 20;
/** Messages that others put back are looked for so often, ms. */
const lookEvery = 250;
/** `take` wants to be asked again so soon, ms, while others hold messages or have put some back. */
const poll = 1_000;
/** A message given so often and never settled ends those that take it, it seems. */
const mostDeliveries = 100;
/** What can not be read is away so long, ms: another version may read it. */
const unreadableFor = 60_000;

/** What is given stays leased, while others are settled, for so many leases at most. */
const longestInLeases = 4;

/** What a message lacks that was read from its stream. */
const unpulled = {
  ...{ data: new Uint8Array(), subject: "", reply: "", consumer: "" },
  ...{ isDeletion: false, deliveries: 1, left: 0 },
};
const decoder = new TextDecoder();
const done = "+ACK";
const inProgress = "+WPI";

/** Holds nothing yet. */
export function createLane(destination: string, parts: LaneParts): Lane {
  const { engine, names, census, seen, letters, lease, patience } = parts;
  const consumer = toToken(destination);
  const shelf = createShelf();
  /** Parcels in a message, lately: many at first, so that the first pull is not too large. */
  const usual = { new: 250, later: 250 };
  const acknowledging = new Set<Promise<void>>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let hasMore = false;
  let unreadable: string | undefined;

  const clock = (): Now => ({ wall: Date.now(), steady: performance.now() });

  async function take(most: number): Promise<Taken> {
    shelf.lapse(clock());
    unreadable = undefined;
    if (shelf.returning < most && isTimeToLook()) await takeReturning(most);
    const parcels = await give(most);
    while (parcels.length < most) {
      const { pulled, asked } = await receive("new", most - parcels.length);
      parcels.push(...(await give(most - parcels.length)));
      if (pulled < asked) break;
    }
    if (parcels.length === 0) {
      await receive("new", most, arrival);
      parcels.push(...(await give(most)));
    }
    if (parcels.length === 0 && unreadable !== undefined) throw new BeaconryError("outbox_failed", unreadable);
    return { parcels, nextDueAt: await nextDueAt(parcels.length === 0) };
  }

  async function takeAll(most: number): Promise<readonly WaitingParcel[]> {
    const parcels: WaitingParcel[] = [];
    for (const stream of ["later", "new"] as const) {
      for await (const message of readWaiting(engine, names, stream, destination)) {
        const now = clock();
        shelf.lapse(now);
        const held = holdRead(message, now);
        const { parcels: leased, dueAts } = held.packet;
        const leaseEnd = Math.round(now.wall + held.leaseEnd - now.steady);
        for (const { index, wasGiven } of shelf.giveAnyhow(held, most - parcels.length, now)) {
          const parcel = leased[index];
          if (parcel) parcels.push({ ...parcel, dueAt: wasGiven ? leaseEnd : (dueAts[index] ?? 0) });
        }
        if (parcels.length >= most) return parcels;
      }
    }
    return parcels;
  }

  /** The message as it is held here, or as if it had been pulled now. */
  function holdRead({ stream, sequence, packet, storedAt }: WaitingMessage, now: Now): Held {
    const known = shelf.find(idOf(stream, sequence));
    if (known && !known.isLapsed) return known;
    return shelf.put(stream, { ...unpulled, sequence, storedAt }, packet, now.steady + lease, now);
  }

  function isTimeToLook(): boolean {
    const now = clock();
    return now.steady - lookedAt >= lookEvery || shelf.expectsNow(now);
  }

  async function takeReturning(most: number): Promise<void> {
    for (let round = 0; round < returningPulls && shelf.returning < most; round++) {
      const { pulled, asked } = await receive("later", most - shelf.returning);
      if (pulled >= asked) continue;
      lookedAt = clock().steady;
      break;
    }
  }

  async function give(most: number): Promise<LeasedParcel[]> {
    const now = clock();
    const { parcels, from } = shelf.give(most, now);
    // What lay here for a while has as long a lease as the rest.
    const old = [...from].filter(({ leaseEnd }) => leaseEnd - now.steady < (lease * 2) / 3);
    if (old.length > 0) await renew(old);
    return parcels;
  }

  async function renew(messages: readonly Held[]): Promise<void> {
    await engine.run("renewing leases", async ({ connection }) => {
      for (const { pulled } of messages) if (pulled.reply) connection.publish(pulled.reply, inProgress);
    });
    const { steady } = clock();
    for (const held of messages) held.leaseEnd = steady + lease;
  }

  /** Pulls messages for about so many parcels, and sorts them. */
  async function receive(stream: WaitingStream, wanted: number, wait = 0): Promise<{ pulled: number; asked: number }> {
    const asked = Math.min(Math.max(Math.ceil(wanted / usual[stream]), 1), pullMessages);
    const { session, messages, leaseEnd } = await engine.run(`taking for ${destination}`, async (session) => {
      await engine.ensureConsumer(session, stream, destination);
      const leaseEnd = performance.now() + lease;
      const messages = await session.pull({
        stream: names.streams[stream],
        consumer,
        most: asked,
        mostBytes: pullBytes,
        wait,
        patience,
      });
      return { session, messages, leaseEnd };
    });
    let parcels = 0;
    for (const message of messages) parcels += await sort(session, stream, message, leaseEnd);
    if (messages.length > 0) usual[stream] = Math.max(parcels / messages.length, 1);
    if (stream === "new") hasMore = (messages.at(-1)?.left ?? 0) > 0;
    return { pulled: messages.length, asked };
  }

  /** Keeps a message, or gives it back until it is due. Gives the number of its parcels. */
  async function sort(session: Session, stream: WaitingStream, pulled: Pulled, leaseEnd: number): Promise<number> {
    const packet = read(stream, pulled);
    if (!packet) {
      putOff(session, pulled, unreadableFor);
      unreadable = `message ${pulled.sequence} of ${names.streams[stream]} was not written by this version: left alone`;
      return 0;
    }
    const now = clock();
    // No longer than at first: the clock may have been set since.
    const wait = Math.min(Math.max((packet.dueAts[0] ?? 0) - now.wall, 0), packet.wait);
    if (wait > lease / 8) {
      putOff(session, pulled, wait);
      shelf.expect(pulled.sequence, now.wall + wait);
      return packet.parcels.length;
    }
    const held = shelf.put(stream, pulled, packet, leaseEnd, now);
    if (pulled.deliveries > mostDeliveries) await buryAll(held);
    if (held.open === 0) acknowledge([held]);
    return packet.parcels.length;
  }

  function putOff({ connection }: Session, { reply }: Pulled, wait: number): void {
    connection.publish(reply, `-NAK ${JSON.stringify({ delay: Math.ceil(wait * 1_000_000) })}`);
  }

  async function buryAll(held: Held): Promise<void> {
    const detail = `taken ${held.pulled.deliveries - 1} times and never settled`;
    await buryThose(
      held.packet.parcels
        .map(({ key }, index) => ({
          place: { held, index },
          settlement: { key, outcome: "dead", reason: "attempts", detail } as const,
        }))
        .filter(({ place }) => held.states[place.index] !== settled),
    );
  }

  /** When to be asked again, ms. */
  async function nextDueAt(isEmpty: boolean): Promise<number | undefined> {
    const own = hasMore ? Date.now() : shelf.nextDueAt(clock());
    if (!isEmpty) return own;
    // What was counted a while ago may be gone since.
    for (const age of [poll, 0]) {
      const { messages } = countOf(await census.recent(age), destination);
      if (messages <= shelf.known) return own;
    }
    return Math.min(own ?? Number.POSITIVE_INFINITY, Date.now() + poll);
  }

  async function settle(settlements: readonly PlacedSettlement[]): Promise<void> {
    shelf.lapse(clock());
    const messages = new Set<Held>();
    const others: PlacedSettlement[] = [];
    for (const one of settlements) {
      const { place, settlement } = one;
      if (settlement.outcome === "delivered") shelf.settle(place);
      // Somebody else may have what is no longer leased here: of that only a delivery is news.
      else if (!place.held.isLapsed) others.push(one);
      messages.add(place.held);
    }
    const errors = await Promise.all([putBack(others), buryThose(others)]);
    acknowledge([...messages].filter(({ open }) => open === 0));
    await showProgress();
    const error = errors.find((one) => one !== undefined);
    if (error !== undefined) throw error;
  }

  /** Publishes what is tried again; gives why, where that failed. */
  async function putBack(settlements: readonly PlacedSettlement[]): Promise<unknown> {
    const items = settlements.flatMap(({ place, settlement }): Return[] => {
      const parcel = place.held.packet.parcels[place.index];
      if (settlement.outcome !== "retry" || !parcel) return [];
      const attempts = parcel.attempts + (settlement.counted ? 1 : 0);
      return [{ place, packed: { parcel, attempts, dueAt: settlement.at }, since: since(place.held) }];
    });
    return returnAll(items);
  }

  async function returnAll(items: readonly Return[]): Promise<unknown> {
    if (items.length === 0) return undefined;
    const { returned, error } = await publishReturns({ engine, names }, destination, items, Date.now());
    for (const { items, sequence, dueAt } of returned) {
      shelf.expect(sequence, Math.max(dueAt, Date.now()));
      for (const { place, packed } of items) {
        seen.move(packed.parcel, { stream: "later", sequence });
        shelf.settle(place);
      }
    }
    return error;
  }

  /** Publishes dead letters; gives why, where that failed. */
  async function buryThose(settlements: readonly PlacedSettlement[]): Promise<unknown> {
    let error: unknown;
    await Promise.all(
      settlements.map(async ({ place, settlement }) => {
        const leased = place.held.packet.parcels[place.index];
        if (settlement.outcome !== "dead" || !leased) return;
        const { reason, detail } = settlement;
        const { key, attempts, ...parcel } = leased;
        try {
          const id = `${key} ${place.held.pulled.storedAt}`;
          await letters.bury(parcel, { reason, detail, diedAt: Date.now() }, id);
          shelf.settle(place);
        } catch (fault) {
          error ??= fault;
        }
      }),
    );
    return error;
  }

  /**
   * Acknowledges messages, in the background. Until that is confirmed they are known here to be settled: if one is given
   * again it is acknowledged again.
   */
  function acknowledge(messages: readonly Held[]): void {
    for (const ofStream of Map.groupBy(messages, ({ stream }) => stream).values()) {
      const [pulled, read] = partition(ofStream, ({ pulled }) => pulled.reply !== "");
      const confirmed = engine.run("acknowledging", async ({ connection }) => {
        const last = pulled.at(-1);
        for (const { pulled: one } of pulled.slice(0, -1)) connection.publish(one.reply, done);
        // A consumer takes them one after the other: its answer to the last is for all.
        if (last) await connection.request(last.pulled.reply, done, { timeout: patience });
        await Promise.all(
          read.map(({ stream, pulled }) => engine.deleteMessage(names.streams[stream], pulled.sequence)),
        );
        for (const held of ofStream) shelf.drop(held);
      });
      acknowledging.add(confirmed);
      confirmed.catch(() => undefined).finally(() => acknowledging.delete(confirmed));
    }
  }

  /** As long as something is settled now and then, what is given and not settled is under way. */
  async function showProgress(): Promise<void> {
    const { steady } = clock();
    if (steady - renewedAt < lease / 10) return;
    renewedAt = steady;
    const old = [...shelf.held].filter(
      ({ given, givenAt, leaseEnd }) =>
        given > 0 && leaseEnd - steady < (lease * 2) / 3 && steady - givenAt < lease * longestInLeases,
    );
    if (old.length > 0) await renew(old);
  }

  async function tend(): Promise<void> {
    const now = clock();
    shelf.lapse(now);
    const idle = [...shelf.held].filter(
      ({ given, open, leaseEnd }) => given === 0 && open > 0 && leaseEnd - now.steady < lease / 2,
    );
    // Others may have been given while the first went back.
    for (const held of idle) if (held.given === 0) await giveUp(held);
  }

  /** Puts back what is not settled of a message, as a message of its own: its deliveries count from 0 again. */
  async function giveUp(held: Held): Promise<void> {
    const { parcels, dueAts } = held.packet;
    const items = parcels.flatMap((parcel, index): Return[] => {
      if (held.states[index] === settled) return [];
      // Out of reach for `take` meanwhile.
      if (held.states[index] === waiting) held.given++;
      held.states[index] = given;
      const { attempts } = parcel;
      return [{ place: { held, index }, packed: { parcel, attempts, dueAt: dueAts[index] ?? 0 }, since: since(held) }];
    });
    await returnAll(items);
    if (held.open === 0) acknowledge([held]);
  }

  async function close(): Promise<void> {
    const left = [...shelf.held].filter(({ open }) => open > 0);
    const [whole, parts] = partition(left, ({ open, packet }) => open === packet.parcels.length);
    if (whole.length > 0) {
      await engine.run("giving back", async ({ connection }) => {
        for (const { pulled } of whole) if (pulled.reply) connection.publish(pulled.reply, "-NAK");
        await connection.flush();
      });
    }
    for (const held of parts) await giveUp(held);
    await acknowledged();
  }

  async function acknowledged(): Promise<void> {
    await Promise.allSettled(acknowledging);
  }

  return { take, takeAll, settle, tend, acknowledged, close, shelf };
}

/** Those that fit, and the others. */
function partition<Item>(items: readonly Item[], fits: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}

function read(stream: WaitingStream, { data, sequence }: Pulled): Packet | undefined {
  try {
    return unpack(decoder.decode(data), idOf(stream, sequence));
  } catch {
    return undefined;
  }
}
