import type { WaitingParcel } from "../outbox/movable-outbox.js";
import type { Parcel, Settlement, Taken } from "../outbox/outbox.js";
import { createLane, type Lane, type LaneParts } from "./lane.js";
import type { WaitingStream } from "./names.js";
import type { Packet } from "./packet.js";
import type { Identity, Place } from "./seen.js";
import type { PlacedSettlement } from "./settler.js";
import { type Held, idOf, readKey, settled } from "./shelf.js";

/** What this process takes and settles, of all destinations. */
export interface Deliveries {
  take(destination: string, most: number): Promise<Taken>;
  /** Leases parcels, due or not, held by somebody or not. */
  takeAll(destination: string, most: number): Promise<readonly WaitingParcel[]>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Parcels settled of messages that are in the streams still: of a destination or of all. */
  settledOf(destination?: string): number;
  /** Whether this process has settled the parcel in that message. */
  isSettled(place: Place, parcel: Identity): boolean;
  /** The parcels of a message that this process has not settled. */
  openOf(stream: WaitingStream, sequence: number, packet: Packet): readonly Parcel[];
  /** Resolves when the streams know of all that was acknowledged so far. */
  acknowledged(): Promise<void>;
  /** Gives back what is not settled. */
  close(): Promise<void>;
}

/** Leases are looked after so often, in parts of one, and ms: the servers may have shorter ones than this process knows. */
const tendingPart = 1 / 10;
const tendingMost = 1_000;

/** Has taken nothing. */
export function createDeliveries(parts: Omit<LaneParts, "tendEvery">): Deliveries {
  const tendEvery = Math.min(parts.lease * tendingPart, tendingMost);
  const lanes = new Map<string, Lane>();
  let tending: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // Where it fails the leases run out by themselves.
    tending ??= Promise.allSettled(Array.from(lanes.values(), (lane) => lane.tend())).finally(() => {
      tending = undefined;
    });
  }, tendEvery);
  timer.unref();

  function laneOf(destination: string): Lane {
    const lane = lanes.get(destination) ?? createLane(destination, { ...parts, tendEvery });
    lanes.set(destination, lane);
    return lane;
  }

  function find(id: string): { lane: Lane; held: Held } | undefined {
    for (const lane of lanes.values()) {
      const held = lane.shelf.find(id);
      if (held) return { lane, held };
    }
    return undefined;
  }

  return {
    take: (destination, most) => laneOf(destination).take(most),
    takeAll: (destination, most) => laneOf(destination).takeAll(most),
    async settle(settlements) {
      const byLane = new Map<Lane, PlacedSettlement[]>();
      for (const settlement of settlements) {
        const { id, index } = readKey(settlement.key);
        const { lane, held } = find(id) ?? {};
        const state = held?.states[index];
        if (!lane || !held || state === undefined || state === settled) continue;
        const ofLane = byLane.get(lane) ?? [];
        if (ofLane.length === 0) byLane.set(lane, ofLane);
        ofLane.push({ place: { held, index }, settlement });
      }
      await Promise.all(Array.from(byLane, ([lane, ofLane]) => lane.settle(ofLane)));
    },
    settledOf(destination) {
      const some = destination === undefined ? [...lanes.values()] : [lanes.get(destination)];
      return some.reduce((sum, lane) => sum + (lane?.shelf.settled ?? 0), 0);
    },
    isSettled({ stream, sequence }, { name, id }) {
      const { held } = find(idOf(stream, sequence)) ?? {};
      const index = held?.packet.parcels.findIndex((parcel) => parcel.name === name && parcel.id === id) ?? -1;
      return held?.states[index] === settled;
    },
    openOf(stream, sequence, { parcels }) {
      const { held } = find(idOf(stream, sequence)) ?? {};
      return parcels.filter((_, index) => held?.states[index] !== settled);
    },
    async acknowledged() {
      await Promise.all(Array.from(lanes.values(), (lane) => lane.acknowledged()));
    },
    async close() {
      clearInterval(timer);
      await tending;
      await Promise.all(Array.from(lanes.values(), (lane) => lane.close()));
    },
  };
}
