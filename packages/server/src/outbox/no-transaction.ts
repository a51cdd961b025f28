import { BeaconryError } from "@beaconry/core";
import type { AddOptions } from "./outbox.js";

/** For outboxes that are in no database of the caller's. Throws `invalid_option` when a transaction is given. */
export function refuseTransaction(outbox: string, { transaction }: AddOptions = {}): void {
  if (transaction === undefined) return;
  throw new BeaconryError("invalid_option", `transaction: ${outbox} takes part in none, postgresOutbox does`);
}
