import { type FunnelStage, type StandardEvent, standardEvents } from "../catalog/standard-events.js";

const rows: Readonly<Record<string, StandardEvent>> = standardEvents;

/**
 * The stage that an event shows; `undefined` for a custom event, and for one that says nothing of a purchase to come.
 * A purchase by someone who bought before is `loyalty`: say so by `boughtBefore`. Never `awareness`, which no event of
 * a shop shows: see {@link isAware}.
 */
export function stageOf(event: { readonly name: string }, boughtBefore = false): FunnelStage | undefined {
  const stage = Object.hasOwn(rows, event.name) ? rows[event.name]?.stage : undefined;
  return stage === "purchase" && boughtBefore ? "loyalty" : stage;
}
