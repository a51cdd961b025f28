import type { DeadLetterFilter, DeadReason } from "../../outbox/outbox.js";

/** Options of all commands on one outbox. */
export interface OutboxOptions {
  /** A path or an address. */
  readonly outbox?: string;
  readonly json?: boolean;
}

/** Options of commands on dead letters. */
export interface DeadLetterOptions extends OutboxOptions, DeadLetterFilter {}

/** Why a letter is dead. */
export const deadReasons = ["refused", "expired", "attempts"] as const satisfies readonly DeadReason[];

/** What of the options says which letters are meant. */
export function filterOf({ destination, reason }: DeadLetterFilter): DeadLetterFilter {
  return { ...(destination !== undefined && { destination }), ...(reason !== undefined && { reason }) };
}

/** Which letters are meant, in words. */
export function filterWords({ destination, reason }: DeadLetterFilter): string {
  return `${destination === undefined ? "" : ` of ${destination}`}${reason === undefined ? "" : ` (${reason})`}`;
}
