/** Buckets to a doubling: a percentile is read with an error of at most 5 percent. */
const RESOLUTION = 8;

/** Durations, counted in buckets of growing width, so that percentiles cost nothing and values can be taken out again. */
export class Delays {
  readonly #buckets: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `times` is 1, or -1 to take one out. */
  add(milliseconds: number, times: 1 | -1): void {
    const bucket = Math.round(Math.log2(1 + Math.max(0, milliseconds)) * RESOLUTION);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + times;
    this.#count += times;
  }

  /** The duration that this part (0 to 1) of all does not exceed, ms; undefined when there is none. */
  percentile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.#count * part));
    for (const [bucket, count = 0] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return 2 ** (bucket / RESOLUTION) - 1;
    }
    return undefined;
  }
}
