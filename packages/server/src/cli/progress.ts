import { SingleBar } from "cli-progress";
import { grouped } from "./words.js";

/** Shows how far a long work is. */
export interface Progress {
  /** @param counted how far it is, in words. Default: `1,203 of 5,000` */
  advance(amount: number, counted?: string): void;
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
    format: `${what} {bar} {percentage} % · {counted} · {eta_formatted} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: Math.max(5, Math.min(barSize, (stderr.columns || 80) - what.length - 46)),
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
    advance(amount, counted = `${grouped(done + amount)} of ${grouped(total)}`) {
      done += amount;
      const now = performance.now();
      if (now < lookAt) return;
      lookAt = now + interval;
      if (isShown) bar.update(Math.min(done, total), { counted });
      else bar.start(total, Math.min(done, total), { counted });
      isShown = true;
    },
    hide,
    end() {
      hide();
      lookAt = Number.POSITIVE_INFINITY;
    },
  };
}
