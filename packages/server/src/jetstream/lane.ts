import { BeaconryError } from "@beaconry/core";
import type { WaitingParcel } from "../outbox/movable-outbox.js";
import type { LeasedParcel, Taken } from "../outbox/outbox.js";
import { type Census, countOf } from "./census.js";
import { type Now, readClocks } from "./clocks.js";
import { createLeases } from "./leases.js";
import { createReceiver, type ReceiverParts } from "./receiver.js";
import { createSettler, type PlacedSettlement, type SettlerParts } from "./settler.js";
import { createShelf, type Held, idOf, type Shelf } from "./shelf.js";
import { readWaiting, type WaitingMessage } from "./waiting-messages.js";

/** Gives what waits of a destination, and knows what became of it. */
export interface Lane {
  take(most: number): Promise<Taken>;
  /** Leases parcels, due or not, held by somebody or not. */
  takeAll(most: number): Promise<readonly WaitingParcel[]>;
  settle(settlements: readonly PlacedSettlement[]): Promise<void>;
  /** Gives up leases that have run out, gives back what nobody here asks for, acknowledges what was not confirmed. */
  tend(): Promise<void>;
  /** Resolves when nothing is under way to be acknowledged of what was so far. */
  acknowledged(): Promise<void>;
  /** Gives back what is not settled. */
  close(): Promise<void>;
  readonly shelf: Pick<Shelf, "find" | "settled">;
}

/** What a {@link Lane} works with. */
export interface LaneParts extends SettlerParts, ReceiverParts {
  readonly census: Census;
  /** How long what is read past its consumer counts as leased, ms. */
  readonly lease: number;
  /** Between two looks after the leases, ms. */
  readonly tendEvery: number;
}

/** How long an empty `take` waits for a message on its way from the stream to its consumer, ms. */
const arrival = 20;
/** `take` wants to be asked again so soon, ms, while others hold messages or have put some back. */
const poll = 1_000;

/** What a message lacks that was read from its stream. */
const unpulled = {
  ...{ data: new Uint8Array(), subject: "", reply: "", consumer: "" },
  ...{ isDeletion: false, deliveries: 1, left: 0 },
};

/** Holds nothing yet. */
export function createLane(destination: string, parts: LaneParts): Lane {
  const { engine, names, census, lease, tendEvery } = parts;
  const shelf = createShelf();
  const settler = createSettler(destination, shelf, parts);
  const receiver = createReceiver(destination, shelf, settler, parts);
  const leases = createLeases(engine, shelf, tendEvery);

  async function take(most: number): Promise<Taken> {
    shelf.lapse(readClocks());
    const parcels: LeasedParcel[] = [];
    try {
      await gather(parcels, most);
    } catch (error) {
      // What is in hand is leased: nobody else gets it before the lease is over.
      if (parcels.length === 0) throw error;
    }
    const complaint = receiver.complaint();
    if (parcels.length === 0 && complaint) throw new BeaconryError("outbox_failed", complaint);
    return { parcels, nextDueAt: await nextDueAt(parcels.length === 0) };
  }

  /** Adds what is due, until there are so many. */
  async function gather(parcels: LeasedParcel[], most: number): Promise<void> {
    await receiver.receiveReturning(most);
    parcels.push(...give(most));
    while (parcels.length < most) {
      const { wasAll } = await receiver.receiveNew(most - parcels.length);
      parcels.push(...give(most - parcels.length));
      if (wasAll) break;
    }
    if (parcels.length > 0) return;
    await receiver.receiveNew(most, arrival);
    parcels.push(...give(most));
  }

  function give(most: number): readonly LeasedParcel[] {
    const { parcels, from } = shelf.give(most, readClocks());
    // What lay here for a while has as long a lease as the rest.
    leases.renew(from);
    return parcels;
  }

  /** When to be asked again, ms. */
  async function nextDueAt(isEmpty: boolean): Promise<number | undefined> {
    const own = receiver.hasMore ? Date.now() : shelf.nextDueAt(readClocks());
    if (!isEmpty) return own;
    // What was counted a while ago may be gone since.
    for (const age of [poll, 0]) {
      const { messages } = countOf(await census.recent(age), destination);
      if (messages <= shelf.known) return own;
    }
    return Math.min(own ?? Number.POSITIVE_INFINITY, Date.now() + poll);
  }

  async function takeAll(most: number): Promise<readonly WaitingParcel[]> {
    const parcels: WaitingParcel[] = [];
    for (const stream of ["later", "new"] as const) {
      for await (const message of readWaiting(engine, names, stream, destination)) {
        const now = readClocks();
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
    const leaseEnd = now.steady + lease;
    return shelf.put(stream, { ...unpulled, sequence, storedAt }, packet, { lease, leaseEnd }, now);
  }

  return {
    take,
    takeAll,
    async settle(settlements) {
      shelf.lapse(readClocks());
      await settler.settle(settlements).finally(leases.showProgress);
    },
    async tend() {
      const now = readClocks();
      shelf.lapse(now);
      settler.acknowledge(shelf.held);
      const idle = [...shelf.held].filter(
        ({ given, open, lease, leaseEnd }) => given === 0 && open > 0 && leaseEnd - now.steady < lease / 2,
      );
      // Others may have been given while the first went back.
      for (const held of idle) if (held.given === 0) await settler.giveUp(held);
    },
    acknowledged: settler.acknowledged,
    async close() {
      const left = [...shelf.held].filter(({ open }) => open > 0);
      const isWhole = ({ open, packet }: Held) => open === packet.parcels.length;
      // What was read past its consumer is nobody's but its stream's.
      const whole = left.filter((held) => isWhole(held) && held.pulled.reply);
      if (whole.length > 0) {
        await engine.run("giving back", async ({ connection }) => {
          for (const { pulled } of whole) connection.publish(pulled.reply, "-NAK");
        });
      }
      await Promise.all(left.filter((held) => !isWhole(held)).map(settler.giveUp));
      await settler.acknowledged();
    },
    shelf,
  };
}
