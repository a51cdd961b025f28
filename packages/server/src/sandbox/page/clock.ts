/** How far the sandbox's clock is ahead of this machine's, ms: it may be set by whoever runs it. */
let ahead = 0;

export function setClock(now: number): void {
  ahead = now - Date.now();
}

/** The sandbox's time, Unix ms. */
export function clock(): number {
  return Date.now() + ahead;
}
