import { SingleBar } from "cli-progress";

/** Shows how far a long work is. */
export interface Progress {
  advance(amount: number): void;
  /** Until the next step: something else is about to be written. */
  hide(): void;
  end(): void;
}

/** Work that takes less is over before one has read the bar, ms. */
const patience = 500;
/** Between two looks of the bar, ms. */
const interval = 100;
const barSize = 30;

/** Does nothing where stderr is no terminal that can move its cursor. */
export function createProgress(what: string, total: number): Progress {
  const { stderr } = process;
  if (!stderr.isTTY || process.env.TERM === "dumb" || total === 0) return { advance() {}, hide() {}, end() {} };
  const bar = new SingleBar({
    format: `${what} {bar} {percentage} % · {eta_formatted} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.max(5, Math.min(barSize, (stderr.columns || 80) - what.length - 24)),
    clearOnComplete: true,
    linewrap: true,
    stream: stderr,
  });
  let done = 0;
  let isShown = false;
  let lookAt = performance.now() + patience;

  function hide(): void {
    if (isShown) bar.stop();
    isShown = false;
  }

  return {
    advance(amount) {
      done += amount;
      const now = performance.now();
      if (now < lookAt) return;
      lookAt = now + interval;
      if (isShown) bar.update(Math.min(done, total));
      else bar.start(total, Math.min(done, total));
      isShown = true;
    },
    hide,
    end() {
      hide();
      lookAt = Number.POSITIVE_INFINITY;
    },
  };
}
