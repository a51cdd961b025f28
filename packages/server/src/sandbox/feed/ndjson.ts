import type { ReceivedEvent } from "../received.js";

/** The events as JSON, one a line, in pieces. `data` is left out: it is a part of `payload`. */
export function* ndjsonText(events: readonly ReceivedEvent[]): Generator<string, void> {
  for (const { data: _, ...event } of events) yield `${JSON.stringify(event)}\n`;
}
