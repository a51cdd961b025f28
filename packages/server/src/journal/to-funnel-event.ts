import type { TrackedEvent } from "@beaconry/core";
import type { FunnelEvent } from "@beaconry/core/funnel";
import { parsePhone } from "@beaconry/core/phone";
import { identifiersOf } from "./identifiers.js";

/** What a journal keeps of an event: name, time, worth, and who it was as hashes. */
export function toFunnelEvent(event: TrackedEvent): FunnelEvent {
  // Plain JavaScript may leave them out.
  const { value, currency } = (event.properties ?? {}) as { value?: unknown; currency?: unknown };
  return {
    name: event.name,
    id: event.id,
    time: event.time,
    identifiers: identifiersOf(event, parsePhone),
    ...(typeof value === "number" && Number.isFinite(value) && { value }),
    ...(typeof currency === "string" && { currency: currency.toUpperCase() }),
  };
}
