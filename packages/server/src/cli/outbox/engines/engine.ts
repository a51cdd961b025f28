import type { MovableOutbox } from "../../../outbox/movable-outbox.js";

/** How the outboxes of a scheme are opened. What an engine's libraries are is loaded only then. */
export interface Engine {
  /** What must be installed beside this package. */
  readonly needs?: string;
  /**
   * The outbox at a place, with the settings that its trackers gave it and no limits of its own.
   * @param mayBeNew whether one is made where there is none; otherwise nothing is made and there is none to give
   */
  open(location: string, mayBeNew: boolean): Promise<MovableOutbox | undefined>;
}

/** Limits protect a server from what comes in. An operator wants all of it kept. */
export const unlimited = Number.MAX_SAFE_INTEGER;
