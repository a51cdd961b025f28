/** The two clocks that delivery goes by. */
export interface Clocks {
  /** Unix time, ms. May be set back or ahead at any moment; only what is stored goes by it. */
  readonly now: () => number;
  /** Milliseconds since some moment; never set. Waits within the process go by it. */
  readonly elapsed: () => number;
}

/**
 * The time that it is at least: by the wall clock, and by the steady one counted from the start. A clock that jumps ahead
 * must not make everything too old at once; what is then sent too late, the vendor refuses.
 */
export function createLeastNow({ now, elapsed }: Clocks): () => number {
  const offset = now() - elapsed();
  return () => Math.min(now(), offset + elapsed());
}

/** A change of the wall clock against the steady one that is no mere correction, ms. */
const jump = 1_000;

/** Says whether the wall clock was set since it was last asked. */
export function createJumpDetector({ now, elapsed }: Clocks): () => boolean {
  let offset = now() - elapsed();
  return () => {
    const before = offset;
    offset = now() - elapsed();
    return Math.abs(offset - before) > jump;
  };
}
