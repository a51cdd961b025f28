import type { ReceivedEvent } from "./received.js";

/** How many of the latest events a message lists. */
const LISTED = 20;

/** An event in one line of a message: no personal data is in it. */
export function eventLine({ endpoint, sourceId, name, id, outcome }: ReceivedEvent): string {
  return `${endpoint} ${sourceId} ${name} (${id ?? "no id"}) ${outcome}`;
}

/** The latest events, a line each, for messages. */
export function listEvents(events: readonly ReceivedEvent[]): string {
  if (events.length === 0) return "no events";
  const last = events.slice(-LISTED);
  const which = last.length < events.length ? `, the last ${last.length} of them` : "";
  return `${events.length} ${events.length === 1 ? "event" : "events"}${which}:${last.map((event) => `\n  ${eventLine(event)}`).join("")}`;
}
