import type { LeasedParcel } from "../outbox/outbox.js";

/** Parcels of one group, as many as a request may carry, in their order. */
export interface Batch {
  readonly group: string;
  readonly parcels: readonly LeasedParcel[];
}

/** Puts parcels of the same group together, at most `most` a batch. */
export function toBatches(parcels: readonly LeasedParcel[], most: number): readonly Batch[] {
  const groups = Map.groupBy(parcels, ({ group }) => group);
  return [...groups].flatMap(([group, ofGroup]) => {
    const count = Math.ceil(ofGroup.length / most);
    return Array.from({ length: count }, (_, index) => ({
      group,
      parcels: ofGroup.slice(index * most, (index + 1) * most),
    }));
  });
}

/** The two halves of a batch. */
export function halves({ group, parcels }: Batch): readonly Batch[] {
  const middle = Math.ceil(parcels.length / 2);
  return [
    { group, parcels: parcels.slice(0, middle) },
    { group, parcels: parcels.slice(middle) },
  ];
}
