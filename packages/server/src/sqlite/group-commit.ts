import { BeaconryError } from "@beaconry/core";
import { toOnceKey } from "../outbox/once-key.js";
import type { Parcel } from "../outbox/outbox.js";
import type { AddGroup, AddOutcome, ParcelHistory } from "./protocol.js";
import { toKeyText, toRecord } from "./record.js";

/** Most parcels of one commit, and about the most text, UTF-16 units. Larger ones leave a thread waiting for the other. */
const commitParcels = 500;
const commitLength = 1_000_000;
/** Commits handed over at once: while one is written the next is on its way. */
const commitsUnderWay = 2;
/** Beyond this many parcels or UTF-16 units that are not written yet the disk does not keep up. */
const maxUnwritten = 50_000;
const maxUnwrittenLength = 100_000_000;

type Outcomes = readonly ("added" | "duplicate")[];

/** A parcel to be kept, with its history where it waited elsewhere before. */
export type AddedParcel = Parcel & { readonly history?: ParcelHistory };

/** One call of `add` that waits for its commit. */
interface PendingAdd extends PromiseWithResolvers<Outcomes> {
  readonly parcels: readonly AddedParcel[];
  readonly length: number;
}

/** Puts what is added at the same time into one commit. */
export interface GroupCommit {
  add(parcels: readonly AddedParcel[]): Promise<Outcomes>;
  /** Resolves when nothing waits for its commit. */
  drained(): Promise<void>;
}

/** @param commit writes all of them, or rejects and has written none */
export function createGroupCommit(commit: (group: AddGroup) => Promise<AddOutcome>): GroupCommit {
  let pending: PendingAdd[] = [];
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

  function nextGroup(): PendingAdd[] {
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

  async function write(group: readonly PendingAdd[]): Promise<void> {
    underWay++;
    try {
      answer(group, await commit(toGroup(group)));
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
        throw new BeaconryError("outbox_full", `${unwritten} parcels wait to be written: the disk does not keep up`);
      }
      const length = parcels.reduce((sum, { body }) => sum + body.length, 0);
      const one = { parcels, length, ...Promise.withResolvers<Outcomes>() };
      unwritten += parcels.length;
      unwrittenLength += length;
      pending.push(one);
      schedule();
      return one.promise;
    },
    drained: () => (unwritten === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

function toGroup(adds: readonly PendingAdd[]): AddGroup {
  const group = { sizes: [] as number[], destinations: [] as string[], keys: [] as string[], records: [] as string[] };
  const once = new Map<number, string>();
  const histories = new Map<number, ParcelHistory>();
  for (const { parcels } of adds) {
    group.sizes.push(parcels.length);
    for (const parcel of parcels) {
      if (parcel.once !== undefined) once.set(group.keys.length, toOnceKey(parcel.destination, parcel.once));
      if (parcel.history) histories.set(group.keys.length, parcel.history);
      group.destinations.push(parcel.destination);
      group.keys.push(toKeyText(parcel));
      group.records.push(toRecord(parcel));
    }
  }
  return { ...group, once, histories };
}

function answer(adds: readonly PendingAdd[], { duplicates, faults }: AddOutcome): void {
  const positions = new Set(duplicates);
  let position = 0;
  for (const [index, { parcels, resolve, reject }] of adds.entries()) {
    const fault = faults.get(index);
    const first = position;
    position += parcels.length;
    if (fault) reject(new BeaconryError(fault.code, fault.message));
    else resolve(parcels.map((_, own) => (positions.has(first + own) ? "duplicate" : "added")));
  }
}
