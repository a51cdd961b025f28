import pg from "pg";
import type { PostgresPool } from "./database.js";
import type { PostgresOutboxOptions, Settings } from "./settings.js";

/** How long a connection may lie idle, ms. */
const idleTime = 60_000;

/**
 * Statements are planned once for each connection, which halves the time of small ones, and for tables that grow from
 * nothing to millions of rows in between. Each sees what is committed, whatever is usual in the database.
 */
const sessionSettings = [
  "plan_cache_mode=force_generic_plan",
  "enable_seqscan=off",
  "jit=off",
  "default_transaction_isolation=read\\ committed",
];

/** A pool to be used. */
export interface OpenPool {
  readonly pool: PostgresPool;
  /** Whether its connections can keep statements. */
  readonly prepares: boolean;
  /** Whether one of its connections can be kept to listen on. */
  readonly listens: boolean;
  readonly end: () => Promise<void>;
}

/** The pool that was given, or one of the outbox's own. */
export function openPool(
  { connectionString, pool: given, connections = 5 }: PostgresOutboxOptions,
  { timeout }: Settings,
): OpenPool {
  if (given) {
    const { options } = given as { options?: { max?: number } };
    // A pooler such as PgBouncer may stand behind it.
    return { pool: given, prepares: false, listens: options?.max !== 1, end: async () => undefined };
  }
  const pool = new pg.Pool({
    connectionString,
    max: connections + 1,
    application_name: "beaconry",
    connectionTimeoutMillis: timeout,
    idleTimeoutMillis: idleTime,
    // An outbox at rest must not keep a finished process alive.
    allowExitOnIdle: true,
    keepAlive: true,
    options: sessionSettings.map((setting) => `-c ${setting}`).join(" "),
    // What is waited for no longer need not go on, and a process that is gone must not keep its locks.
    statement_timeout: timeout,
    idle_in_transaction_session_timeout: timeout,
  });
  // A connection that breaks while it is idle is replaced when it is needed.
  pool.on("error", () => {});
  return { pool, prepares: true, listens: true, end: () => pool.end() };
}
