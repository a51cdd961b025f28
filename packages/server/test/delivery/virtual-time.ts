/** Time that passes only when it is told to: timers ring in their order, and all that one leads to is done before the next. */
export interface VirtualTime extends Disposable {
  /** ms */
  elapsed(): number;
  /** Timers that have still to ring. */
  timers(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Resolves when so much has passed, or before that when it is so; says whether it is so. */
  pass(milliseconds: number, isSo?: () => boolean): Promise<boolean>;
}

/** What Node rings at once, as it holds no more. */
const longestTimer = 2 ** 31 - 1;

/** In the place of `setTimeout` until it is disposed of. */
export function virtualTime(): VirtualTime {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const timers = new Map<number, { readonly at: number; readonly ring: () => void }>();
  let time = 0;
  let numbers = 0;

  function set(ring: () => void, wait = 0): number {
    const fits = wait >= 1 && wait <= longestTimer;
    timers.set(++numbers, { at: time + (fits ? Math.trunc(wait) : 1), ring });
    return numbers;
  }

  function next(): number | undefined {
    let first: [number, number] | undefined;
    for (const [number, { at }] of timers) if (!first || at < first[1]) first = [number, at];
    return first?.[0];
  }

  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  Object.assign(globalThis, { setTimeout: set, clearTimeout: (number: number) => timers.delete(number) });
  return {
    elapsed: () => time,
    timers: () => timers.size,
    sleep: (milliseconds) => new Promise((resolve) => set(resolve, milliseconds)),
    async pass(milliseconds, isSo = () => false) {
      const end = time + milliseconds;
      for (await settled(); !isSo(); await settled()) {
        const number = next() ?? 0;
        const timer = timers.get(number);
        if (!timer || timer.at > end) {
          time = end;
          return isSo();
        }
        timers.delete(number);
        time = timer.at;
        timer.ring();
      }
      return true;
    },
    [Symbol.dispose]: () => void Object.assign(globalThis, real),
  };
}
