/**
 * Spreads calls of each endpoint over time.
 * @param perSecond calls of one endpoint
 * @param elapsed a clock that is never set, ms
 * @returns resolves when a call of that endpoint may be made
 */
export function createRateLimit(
  perSecond: number,
  sleep: (milliseconds: number) => Promise<void>,
  elapsed: () => number,
): (endpoint: string) => Promise<void> {
  const gap = 1_000 / perSecond;
  const nextAt = new Map<string, number>();
  return async (endpoint) => {
    const time = elapsed();
    // A clock that was set back must not stop everything: nobody waits for more than those in front.
    const turn = Math.max(time, nextAt.get(endpoint) ?? 0);
    nextAt.set(endpoint, turn + gap);
    if (turn > time) await sleep(turn - time);
  };
}
