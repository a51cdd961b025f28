import { BeaconryError } from "@beaconry/core";
import type { PostgresQueryable } from "./database.js";

/**
 * What a caller gives as its transaction. Throws `invalid_option` where it can be none: it has no `query`, is a pool,
 * which asks a different connection each time, or a client of `pg` on which no transaction is open.
 */
export function readTransaction(value: unknown): PostgresQueryable {
  const refuse = (what: string) => {
    throw new BeaconryError("invalid_option", `transaction: ${what}, accepted is a client of pg after BEGIN`);
  };
  const client = value as { query?: unknown; totalCount?: unknown; getTransactionStatus?: () => string | null } | null;
  if (typeof client?.query !== "function") return refuse("this has no method query");
  if ("totalCount" in client) return refuse("this is a pool, whose connections know nothing of each other");
  if (client.getTransactionStatus?.() === "I") return refuse("no transaction is open on this client");
  return client as unknown as PostgresQueryable;
}
