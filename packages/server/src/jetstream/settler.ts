import type { Settlement } from "../outbox/outbox.js";
import type { DeadLetters } from "./dead-letters.js";
import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import type { PackedParcel } from "./packet.js";
import { publishReturns } from "./returns.js";
import type { Seen } from "./seen.js";
import { type Held, type Place, type Shelf, since } from "./shelf.js";

/** A settlement, and the parcel that it is about. */
export interface PlacedSettlement {
  readonly place: Place;
  readonly settlement: Settlement;
}

/** Settles a destination's parcels one by one, and acknowledges a message when all of its parcels are settled. */
export interface Settler {
  /** Of parcels whose lease has run out only deliveries are heeded. Rejects when something could not be published. */
  settle(settlements: readonly PlacedSettlement[]): Promise<void>;
  /** Puts back what is not settled of a message, as a message of its own: its deliveries count from 0 again. */
  giveUp(held: Held): Promise<void>;
  /** Makes dead letters of what is not settled of a message. */
  bury(held: Held, detail: string): Promise<void>;
  /**
   * Acknowledges those of which all is settled, in the background, unless that is under way. Until it is confirmed they are
   * known here to be settled: if one is given again it is acknowledged again.
   */
  acknowledge(messages: Iterable<Held>): void;
  /** Resolves when nothing is under way to be acknowledged of what was so far. */
  acknowledged(): Promise<void>;
}

/** What a {@link Settler} works with. */
export interface SettlerParts {
  readonly engine: Engine;
  readonly names: Names;
  readonly seen: Seen;
  readonly letters: Pick<DeadLetters, "bury">;
  /** How long a consumer may take to answer, ms. */
  readonly patience: number;
}

/** A parcel that comes back, where it was, and when it came into the outbox, ms. */
interface Return {
  readonly place: Place;
  readonly packed: PackedParcel;
  readonly since: number;
}

/** Of the messages on a shelf. */
export function createSettler(destination: string, shelf: Shelf, parts: SettlerParts): Settler {
  const { engine, names, seen, letters, patience } = parts;
  const underWay = new Set<Held>();
  const acknowledging = new Set<Promise<void>>();

  async function settle(settlements: readonly PlacedSettlement[]): Promise<void> {
    const messages = new Set<Held>();
    const others: PlacedSettlement[] = [];
    for (const one of settlements) {
      const { place, settlement } = one;
      if (settlement.outcome === "delivered") shelf.settle(place);
      // Somebody else may have what is no longer leased here.
      else if (!place.held.isLapsed) others.push(one);
      messages.add(place.held);
    }
    const errors = await Promise.all([putBack(others), buryThose(others)]);
    acknowledge(messages);
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

  function acknowledge(messages: Iterable<Held>): void {
    const settledOnes = [...messages].filter((held) => held.open === 0 && !underWay.has(held));
    for (const ofStream of Map.groupBy(settledOnes, ({ stream }) => stream).values()) {
      for (const held of ofStream) underWay.add(held);
      const confirmed = confirm(ofStream)
        .catch(() => undefined)
        .finally(() => {
          for (const held of ofStream) underWay.delete(held);
          acknowledging.delete(confirmed);
        });
      acknowledging.add(confirmed);
    }
  }

  async function confirm(messages: readonly Held[]): Promise<void> {
    const { pulled = [], read = [] } = Object.groupBy(messages, ({ pulled }) => (pulled.reply ? "pulled" : "read"));
    await engine.run("acknowledging", async ({ connection }) => {
      const last = pulled.at(-1);
      for (const { pulled: one } of pulled.slice(0, -1)) connection.publish(one.reply, "+ACK");
      // A consumer takes them one after the other: its answer to the last is for all.
      if (last) await connection.request(last.pulled.reply, "+ACK", { timeout: patience });
    });
    await Promise.all(read.map(({ stream, pulled }) => engine.deleteMessage(names.streams[stream], pulled.sequence)));
    for (const held of messages) shelf.drop(held);
  }

  return {
    settle,
    async giveUp(held) {
      const { parcels, dueAts } = held.packet;
      const items = shelf.withhold(held).flatMap((index): Return[] => {
        const parcel = parcels[index];
        const dueAt = dueAts[index] ?? 0;
        return parcel
          ? [{ place: { held, index }, packed: { parcel, attempts: parcel.attempts, dueAt }, since: since(held) }]
          : [];
      });
      await returnAll(items);
      acknowledge([held]);
    },
    async bury(held, detail) {
      const settlement = { key: "", outcome: "dead", reason: "attempts", detail } as const;
      await buryThose(shelf.withhold(held).map((index) => ({ place: { held, index }, settlement })));
    },
    acknowledge,
    async acknowledged() {
      await Promise.all(acknowledging);
    },
  };
}
