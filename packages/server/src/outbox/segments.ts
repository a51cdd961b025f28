/** Most parcels of a segment: what several outboxes write, and unpack or lease, as one row. */
const mostParcels = 500;

/**
 * Splits parcels, in their order, into segments.
 * @param longest about the most text of one, UTF-16 units
 */
export function toSegments<Staged extends { readonly record: string }>(
  staged: readonly Staged[],
  longest: number,
): Staged[][] {
  const segments: Staged[][] = [];
  let length = 0;
  for (const one of staged) {
    const last = segments.at(-1);
    if (last && last.length < mostParcels && length < longest) last.push(one);
    else {
      segments.push([one]);
      length = 0;
    }
    length += one.record.length;
  }
  return segments;
}
