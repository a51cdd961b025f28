import { BeaconryError } from "@beaconry/core";
import { aFunction, checkOptions, type Rule, textLike, wholeFrom, withMethods } from "@beaconry/core/internal";
import { longestTimer } from "../longest-timer.js";
import type { PostgresPool } from "./database.js";
import { schemaName } from "./schema.js";

/** Options of `postgresOutbox`. */
export interface PostgresOutboxOptions {
  /**
   * Where the database is, such as `postgres://user:password@host/database?sslmode=verify-full`. The outbox has a pool of
   * its own there.
   */
  connectionString?: string;
  /**
   * A pool of `pg` instead, for whatever a connection string can not say. It stays yours to end. While this process
   * delivers, one of its connections is kept to hear of new events.
   */
  pool?: PostgresPool;
  /** The schema of the outbox's tables, made if there is none: lower-case letters, digits and _. Default `beaconry`. */
  schema?: string;
  /** Connections of the outbox's own pool, beside one to hear of new events. Default 5. */
  connections?: number;
  /** Most parcels that wait; one more is refused with `outbox_full`. Default 5,000,000. */
  maxParcels?: number;
  /** Most dead letters kept; the oldest fall away. Default 10,000. */
  maxDeadLetters?: number;
  /** Most parcels with a `once` that are remembered; the oldest fall away. Default 10,000,000. */
  maxOnce?: number;
  /** How long the same destination, name and id is recognised, ms. Default one hour. */
  deduplicationWindow?: number;
  /** How long a taken parcel stays away without being settled, ms. Default five minutes. */
  lease?: number;
  /**
   * How long to wait for an answer of the database, ms, and for how long what is added or settled is tried again while
   * there is none. Default ten seconds.
   */
  timeout?: number;
  /** How often whoever delivers looks for events of which no notification told, ms. Default five seconds. */
  pollInterval?: number;
  /** The clock, ms. Default: the database's, which is the same for all machines. */
  now?: () => number;
}

const count = wholeFrom(1);

const rules = {
  connectionString: textLike(/^postgres(ql)?:\/\//, "a URL such as postgres://user:password@host/database"),
  pool: withMethods("a pool of pg", "connect"),
  schema: textLike(schemaName, "lower-case letters, digits and _, 40 at most"),
  connections: count,
  maxParcels: count,
  maxDeadLetters: count,
  maxOnce: count,
  deduplicationWindow: count,
  lease: count,
  timeout: count,
  pollInterval: count,
  now: aFunction,
} satisfies Record<keyof PostgresOutboxOptions, Rule>;

/** What an outbox is made with; every member is there. */
export interface Settings {
  readonly schema: string;
  /** Of notifications. */
  readonly channel: string;
  readonly maxParcels: number;
  readonly maxDeadLetters: number;
  readonly maxOnce: number;
  readonly deduplicationWindow: number;
  readonly lease: number;
  readonly timeout: number;
  readonly pollInterval: number;
}

/** Throws `invalid_option`. */
export function readSettings(options: PostgresOutboxOptions): Settings {
  checkOptions("postgresOutbox", options, rules);
  const { connectionString, pool, schema = "beaconry" } = options;
  if ((connectionString === undefined) === (pool === undefined)) {
    const given = pool ? "both connectionString and pool are given" : "neither connectionString nor pool is given";
    throw new BeaconryError("invalid_option", `postgresOutbox: ${given}, accepted is one of them`);
  }
  if (connectionString !== undefined && !URL.canParse(connectionString)) {
    throw new BeaconryError(
      "invalid_option",
      "postgresOutbox: connectionString is no URL, perhaps for a password with characters that need %-encoding",
    );
  }
  return {
    schema,
    channel: `${schema}_outbox`,
    maxParcels: options.maxParcels ?? 5_000_000,
    maxDeadLetters: options.maxDeadLetters ?? 10_000,
    maxOnce: options.maxOnce ?? 10_000_000,
    deduplicationWindow: options.deduplicationWindow ?? 3_600_000,
    lease: options.lease ?? 300_000,
    timeout: Math.min(options.timeout ?? 10_000, longestTimer),
    pollInterval: options.pollInterval ?? 5_000,
  };
}
