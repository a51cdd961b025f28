import { BeaconryError } from "@beaconry/core";
import type { AddedParcel, ParcelHistory } from "../outbox/added-parcel.js";
import type { AddOutcomes } from "../outbox/group-commit.js";
import { toOnceKey } from "../outbox/once-key.js";
import { toKeyText, toRecord } from "../outbox/record.js";
import type { AddGroup, AddOutcome } from "./protocol.js";

/** The parcels of several calls, for the thread. */
export function toGroup(calls: readonly (readonly AddedParcel[])[]): AddGroup {
  const group = { sizes: [] as number[], destinations: [] as string[], keys: [] as string[], records: [] as string[] };
  const once = new Map<number, string>();
  const histories = new Map<number, ParcelHistory>();
  for (const parcels of calls) {
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

/** What the thread's answer means for each call. */
export function readOutcome(
  { sizes }: AddGroup,
  { duplicates, faults }: AddOutcome,
): readonly (AddOutcomes | BeaconryError)[] {
  const positions = new Set(duplicates);
  let position = 0;
  return sizes.map((size, index) => {
    const outcomes: AddOutcomes[number][] = [];
    for (const end = position + size; position < end; position++) {
      outcomes.push(positions.has(position) ? "duplicate" : "added");
    }
    const fault = faults.get(index);
    return fault ? new BeaconryError(fault.code, fault.message) : outcomes;
  });
}
