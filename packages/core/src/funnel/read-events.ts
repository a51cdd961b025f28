import type { FunnelEvent, FunnelEvents } from "./event.js";

/** Events left out, and why. */
export interface LeftOut {
  /** Copies of an event counted already. */
  duplicates: number;
  /** Without a name, a time or identifiers of the right kind, or with a value that is no number. */
  invalid: number;
}

/** How far apart copies of an event may be, ms: as for the vendors. */
const copyWindow = 48 * 3_600_000;

/** The events that count, one by one. What is left out is counted in `leftOut`. */
export async function* readEvents(events: FunnelEvents, leftOut: LeftOut): AsyncGenerator<FunnelEvent> {
  const isCopy = createCopyCheck();
  for await (const event of events) {
    if (!isFunnelEvent(event)) leftOut.invalid++;
    else if (isCopy(event)) leftOut.duplicates++;
    else yield event;
  }
}

function createCopyCheck(): (event: FunnelEvent) => boolean {
  const seen = new Map<string, number>();
  let latest = Number.NEGATIVE_INFINITY;
  return ({ name, id, time }) => {
    if (id === undefined) return false;
    const key = JSON.stringify([name, id]);
    const first = seen.get(key);
    if (first !== undefined && Math.abs(time - first) <= copyWindow) return true;
    seen.delete(key);
    seen.set(key, time);
    latest = Math.max(latest, time);
    for (const [oldest, at] of seen) {
      if (at >= latest - copyWindow) break;
      seen.delete(oldest);
    }
    return false;
  };
}

function isFunnelEvent(event: unknown): event is FunnelEvent {
  if (typeof event !== "object" || event === null) return false;
  const { name, time, identifiers, id, value, currency } = event as Partial<Record<keyof FunnelEvent, unknown>>;
  return (
    typeof name === "string" &&
    Number.isFinite(time) &&
    Array.isArray(identifiers) &&
    identifiers.every((identifier) => typeof identifier === "string") &&
    (id === undefined || typeof id === "string") &&
    (value === undefined || Number.isFinite(value)) &&
    (currency === undefined || typeof currency === "string")
  );
}
