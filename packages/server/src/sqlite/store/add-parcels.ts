import type { AddGroup, AddOutcome } from "../protocol.js";
import { full, type StoreFault } from "../store-error.js";
import type { Counts } from "./counts.js";
import type { Disk } from "./disk.js";
import type { OnceRegister } from "./once-register.js";
import type { StagedParcel, StoredParcels } from "./parcels.js";
import { hashKey, type SeenKeys } from "./seen-keys.js";
import type { Transact } from "./transact.js";

/** What {@link createAdd} works with. */
export interface AddParts {
  readonly transact: Transact;
  readonly parcels: StoredParcels;
  readonly seen: SeenKeys;
  readonly once: OnceRegister;
  readonly counts: Counts;
  readonly disk: Disk;
  readonly maxParcels: number;
}

/** Adds the parcels of several calls in one transaction; a call is kept as a whole or not at all. */
export function createAdd({ transact, parcels, seen, once, counts, disk, maxParcels }: AddParts) {
  function tooMany(waiting: number): StoreFault {
    return full(`the outbox holds ${waiting} of at most ${maxParcels} parcels`);
  }

  return (group: AddGroup, now: number): AddOutcome =>
    transact(() => {
      seen.catchUp();
      const noRoom = disk.findNoRoom(group.records);
      const room = maxParcels - counts.total("waiting");
      const duplicates: number[] = [];
      const faults = new Map<number, StoreFault>();
      const staged = new Map<string, StagedParcel>();
      const stagedOnce = new Set<string>();
      let position = 0;
      for (const [index, size] of group.sizes.entries()) {
        const own: string[] = [];
        const ownOnce: string[] = [];
        for (const end = position + size; position < end; position++) {
          const key = hashKey(group.keys[position] ?? "");
          const onceKey = group.once.get(position);
          const isKnown = staged.has(key) || seen.has(key, now);
          if (isKnown || (onceKey && (stagedOnce.has(onceKey) || once.has(onceKey)))) {
            duplicates.push(position);
            continue;
          }
          const [destination = "", record = ""] = [group.destinations[position], group.records[position]];
          staged.set(key, { key, destination, record, history: group.histories.get(position) });
          own.push(key);
          if (onceKey) {
            stagedOnce.add(onceKey);
            ownOnce.push(onceKey);
          }
        }
        const fault = noRoom ?? (staged.size > room ? tooMany(maxParcels - room) : undefined);
        if (!fault) continue;
        faults.set(index, fault);
        for (const key of own) staged.delete(key);
        for (const key of ownOnce) stagedOnce.delete(key);
      }
      seen.add(parcels.insert([...staged.values()]), now);
      once.add(stagedOnce);
      seen.prune(now);
      return { duplicates, faults };
    });
}
