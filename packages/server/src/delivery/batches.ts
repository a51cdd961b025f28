import type { LeasedParcel } from "../outbox/outbox.js";

/** Parcels of one group, as many as a request may carry, in their order. */
export interface Batch {
  readonly group: string;
  readonly parcels: readonly LeasedParcel[];
}

/**
 * Puts parcels of the same group together, at most `most` a batch. What failed before shares a request only with what
 * failed as often, and with ever fewer: the last attempt is alone. So one event on which a vendor's server breaks takes
 * no other with it. What failed least goes first, so that it is what tries whether an outage is over.
 */
export function toBatches(parcels: readonly LeasedParcel[], most: number, maxAttempts: number): readonly Batch[] {
  const groups = Map.groupBy(parcels, ({ group }) => group);
  const batches = [...groups].flatMap(([group, ofGroup]) => {
    const [first] = ofGroup;
    const isOfOneKind = ofGroup.every(({ attempts }) => attempts === first?.attempts);
    const kinds = isOfOneKind ? [ofGroup] : Map.groupBy(ofGroup, ({ attempts }) => attempts).values();
    return [...kinds].flatMap((ofKind) =>
      split(group, ofKind, mostTogether(ofKind[0]?.attempts ?? 0, most, maxAttempts)),
    );
  });
  return batches.sort((a, b) => attemptsOf(a) - attemptsOf(b));
}

/** How often its parcels failed before. */
export function attemptsOf({ parcels }: Batch): number {
  return parcels[0]?.attempts ?? 0;
}

/** From `most` at the first attempt to 1 at the last, by the same factor each time. */
function mostTogether(attempts: number, most: number, maxAttempts: number): number {
  const isLast = attempts >= maxAttempts - 1;
  return isLast && attempts > 0 ? 1 : Math.max(Math.round(most ** (1 - attempts / Math.max(maxAttempts - 1, 1))), 1);
}

function split(group: string, parcels: readonly LeasedParcel[], most: number): readonly Batch[] {
  const count = Math.ceil(parcels.length / most);
  return Array.from({ length: count }, (_, index) => ({
    group,
    parcels: parcels.slice(index * most, (index + 1) * most),
  }));
}

/** The two halves of a batch. */
export function halves({ group, parcels }: Batch): readonly [Batch, Batch] {
  const middle = Math.ceil(parcels.length / 2);
  return [
    { group, parcels: parcels.slice(0, middle) },
    { group, parcels: parcels.slice(middle) },
  ];
}
