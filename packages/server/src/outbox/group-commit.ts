import { BeaconryError } from "@beaconry/core";
import type { Parcel } from "./outbox.js";

/** Most parcels of one commit, and about the most text, UTF-16 units. Larger ones leave one side waiting for the other. */
const commitParcels = 500;
const commitLength = 1_000_000;
/** Beyond this many parcels or UTF-16 units that are not written yet, what keeps them does not keep up. */
const maxUnwritten = 50_000;
const maxUnwrittenLength = 100_000_000;

/** What became of the parcels of one call of `add`, in their order. */
export type AddOutcomes = readonly ("added" | "duplicate")[];

/** One call of `add` that waits for its commit. */
interface PendingAdd<Added> extends PromiseWithResolvers<AddOutcomes> {
  readonly parcels: readonly Added[];
  readonly length: number;
}

/** Puts what is added at the same time into one commit. */
export interface GroupCommit<Added extends Parcel> {
  add(parcels: readonly Added[]): Promise<AddOutcomes>;
  /** Resolves when nothing waits for its commit. */
  drained(): Promise<void>;
}

/**
 * @param commit writes the parcels of several calls, or rejects and has written none. Gives what became of each call:
 * outcomes, or why nothing of it was kept
 * @param commitsUnderWay commits handed over at once: while one is written the next is on its way
 */
export function createGroupCommit<Added extends Parcel>(
  commit: (calls: readonly (readonly Added[])[]) => Promise<readonly (AddOutcomes | BeaconryError)[]>,
  commitsUnderWay = 2,
): GroupCommit<Added> {
  let pending: PendingAdd<Added>[] = [];
  let unwritten = 0;
  let unwrittenLength = 0;
  let underWay = 0;
  let scheduled = false;
  const idle: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || underWay >= commitsUnderWay || pending.length === 0) return;
    scheduled = true;
    // Not at once: what the same turn of the event loop brings goes into the same commit.
    setImmediate(() => {
      scheduled = false;
      void write(nextGroup());
      schedule();
    });
  }

  function nextGroup(): PendingAdd<Added>[] {
    let parcels = 0;
    let length = 0;
    const end = pending.findIndex((one, index) => {
      parcels += one.parcels.length;
      length += one.length;
      return index > 0 && (parcels > commitParcels || length > commitLength);
    });
    const group = end < 0 ? pending : pending.slice(0, end);
    pending = end < 0 ? [] : pending.slice(end);
    return group;
  }

  async function write(group: readonly PendingAdd<Added>[]): Promise<void> {
    underWay++;
    try {
      const results = await commit(group.map(({ parcels }) => parcels));
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index] ?? [];
        if (result instanceof BeaconryError) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    underWay--;
    for (const { parcels, length } of group) {
      unwritten -= parcels.length;
      unwrittenLength -= length;
    }
    schedule();
    if (unwritten === 0) for (const resolve of idle.splice(0)) resolve();
  }

  return {
    async add(parcels) {
      if (parcels.length === 0) return [];
      if (unwritten >= maxUnwritten || unwrittenLength >= maxUnwrittenLength) {
        throw new BeaconryError(
          "outbox_full",
          `${unwritten} parcels wait to be written: what keeps them does not keep up`,
        );
      }
      const length = parcels.reduce((sum, { body }) => sum + body.length, 0);
      const one = { parcels, length, ...Promise.withResolvers<AddOutcomes>() };
      unwritten += parcels.length;
      unwrittenLength += length;
      pending.push(one);
      schedule();
      return one.promise;
    },
    drained: () => (unwritten === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}
