/** Time by both clocks, ms. */
export interface Now {
  /** Since 1970; it may be set. */
  readonly wall: number;
  /** Since some moment; it only goes on. */
  readonly steady: number;
}

/** What they say. */
export function readClocks(): Now {
  return { wall: Date.now(), steady: performance.now() };
}
