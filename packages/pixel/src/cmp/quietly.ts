/** Runs what touches other scripts' objects: what they throw must not come out in the page, nor stop what follows. */
export function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // Nothing was said then, and events stay as they are: held, as long as nobody agreed.
  }
}
