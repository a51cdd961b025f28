import type { Consent } from "@beaconry/core";
import { Window } from "happy-dom";
import type { Page } from "../../src/cmp/page.js";

/** A page of its own, with a clock that only the test turns, and a pixel that notes what it is told. */
export interface CmpPage extends Page {
  /** The page's globals. */
  readonly globals: Record<string, unknown>;
  readonly pixel: { consent(choice: Consent, options?: { asDefault?: boolean }): void };
  /** What the pixel was told, in order. */
  readonly said: (Consent & { asDefault?: true })[];
  /** Turns the clock by so many milliseconds, running what is due. */
  pass(milliseconds: number): void;
  /** How many timers are set. */
  timers(): number;
}

export function openCmpPage(): CmpPage {
  const window = new Window({ url: "https://shop.example/" }) as unknown as globalThis.Window;
  const timers = new Set<{ at: number; callback: () => void }>();
  const said: CmpPage["said"] = [];
  let now = 0;
  return {
    window,
    globals: window as unknown as Record<string, unknown>,
    said,
    pixel: { consent: (choice, options) => said.push({ ...choice, ...(options?.asDefault && { asDefault: true }) }) },
    after(delay, callback) {
      const timer = { at: now + delay, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        now = next.at;
        timers.delete(next);
        next.callback();
      }
      now = end;
    },
    timers: () => timers.size,
  };
}
