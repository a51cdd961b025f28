/** How long something took, ms. */
export interface TimeBetween {
  /** Half of the people took less. */
  readonly median: number;
  /** Nine of ten took less. */
  readonly p90: number;
}

/** Of at least one duration, ms. */
export function summarizeTimes(durations: readonly number[]): TimeBetween {
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] as number;
    const above = sorted[Math.ceil(place)] as number;
    return Math.round(below + (above - below) * (place - Math.floor(place)));
  };
  return { median: at(0.5), p90: at(0.9) };
}
