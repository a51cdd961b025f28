import type { FunnelEvent } from "../../src/funnel/index.js";

export const day = 86_400_000;
export const start = Date.UTC(2026, 8, 1);

/** An event of one person, `at` days after the start. */
export function at(days: number, who: string, name: string, more: Partial<FunnelEvent> = {}): FunnelEvent {
  return { name, time: start + days * day, identifiers: [who], ...more };
}

export const euros = (value: number) => ({ value, currency: "EUR" });
