/** Why an event was given up. */
export type DropReason =
  /** The person refused advertising. */
  | "consent"
  /** More than 100 events waited for the person's answer; the oldest went. */
  | "held_overflow"
  /** More than 1,000 events waited to be sent; the oldest went. */
  | "queue_overflow"
  /** It is no event at all: its name is not a text. */
  | "invalid"
  /** Alone it is larger than a request may be, 60 KiB. */
  | "too_large"
  /** The collector took the request, but not this event. */
  | "rejected"
  /** The collector refused the request, and would again: a status of 4xx other than 408 and 429. */
  | "refused";

/** A count for every reason, all zero. */
export function noDrops(): Record<DropReason, number> {
  return { consent: 0, held_overflow: 0, queue_overflow: 0, invalid: 0, too_large: 0, rejected: 0, refused: 0 };
}
