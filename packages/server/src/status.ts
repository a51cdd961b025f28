import type { PumpState } from "./delivery/pump.js";
import type { Outbox } from "./outbox/outbox.js";
import type { EventCounts } from "./telemetry.js";

/** How one destination does. */
export interface DestinationStatus extends PumpState, EventCounts {
  readonly name: string;
  /** Events in the outbox; absent when the outbox does not answer. */
  readonly waiting?: number;
  /** How long ago the event happened that has waited longest, ms; absent when none waits. */
  readonly oldestAge?: number;
}

/** A snapshot of a tracker's health. Holds nothing of a person, and no token. */
export interface TrackerStatus {
  /** Whether intake has ended. */
  readonly closed: boolean;
  readonly destinations: readonly DestinationStatus[];
}

/** Asks the outbox for the rest of a destination's status. Never rejects. */
export async function readStatus(
  name: string,
  state: PumpState,
  counts: EventCounts,
  outbox: Pick<Outbox, "waiting" | "oldest">,
  now: () => number,
): Promise<DestinationStatus> {
  const [waiting, oldest] = await Promise.all([
    outbox.waiting(name).catch(() => undefined),
    outbox.oldest(name).catch(() => undefined),
  ]);
  return {
    name,
    ...state,
    ...counts,
    ...(waiting !== undefined && { waiting }),
    ...(oldest !== undefined && { oldestAge: Math.max(now() - oldest, 0) }),
  };
}
