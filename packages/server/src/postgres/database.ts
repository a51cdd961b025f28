import { setTimeout as sleep } from "node:timers/promises";
import { isPassing, toFault } from "./postgres-error.js";

/** A row, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What runs statements: a client of `pg`, or anything that does the same. */
export interface PostgresQueryable {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

/** A statement that the connection keeps, so that it is planned once. */
interface Prepared {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** A connection out of a {@link PostgresPool}. */
export interface PostgresPoolClient extends PostgresQueryable {
  query(text: string | Prepared, values?: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  on(event: "error" | "end", listener: () => void): unknown;
  on(event: "notification", listener: (message: { readonly payload?: string }) => void): unknown;
  /** @param error that the connection is of no use any more */
  release(error?: Error | boolean): void;
  /** The connection does not keep the process alive. */
  unref?(): void;
}

/** A pool of connections, such as `new pg.Pool()`. */
export interface PostgresPool {
  connect(): Promise<PostgresPoolClient>;
}

/** Runs a statement; gives its rows. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** Runs work in one transaction, which is rolled back when the work rejects. */
export type Transact = <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>;

/** How an outbox speaks with its database. Nothing waits longer than the timeout for an answer. */
export interface Database {
  /** One statement, which is one transaction. */
  readonly query: Query;
  readonly transact: Transact;
  /** A connection to keep; `query` on it has the same time limit. Whoever takes it releases it. */
  connect(): Promise<{ readonly client: PostgresPoolClient; readonly query: Query }>;
}

/**
 * @param timeout how long to wait for a connection, and for each answer, ms
 * @param prepares whether statements with values are kept by the connections: not where a pooler may stand in between
 */
export function createDatabase(pool: PostgresPool, timeout: number, prepares: boolean): Database {
  const limited = <Result>(work: Promise<Result>, what: string) => withinTime(work, timeout, what);
  /** For statements of one transaction: a process that is gone, or stuck, must not keep its locks. */
  const begin = [
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    `SET LOCAL statement_timeout = ${timeout}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${timeout}`,
  ].join("; ");
  const heard = new WeakSet<PostgresPoolClient>();
  const names = new Map<string, string>();

  function toPrepared(text: string, values: readonly unknown[]): Prepared {
    const name = names.get(text) ?? `beaconry ${names.size}`;
    names.set(text, name);
    return { name, text, values: [...values] };
  }

  async function connect() {
    const connecting = pool.connect();
    const client = await limited(connecting, "gave no connection").catch((error) => {
      // It may come later.
      connecting.then((late) => late.release(true)).catch(() => undefined);
      throw error;
    });
    // A connection that breaks while nothing is asked of it tells its listeners, and ends the process without any.
    if (!heard.has(client)) client.on("error", () => {});
    heard.add(client);
    const query: Query = async (text, values) => {
      const asked =
        prepares && values ? client.query(toPrepared(text, values)) : client.query(text, values && [...values]);
      return (await limited(asked, "gave no answer")).rows;
    };
    return { client, query };
  }

  async function withClient<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    const { client, query } = await connect();
    try {
      const result = await work(query);
      client.release();
      return result;
    } catch (error) {
      // Whatever state it is in, the next one is given another.
      client.release(true);
      throw error;
    }
  }

  return {
    connect,
    query: (text, values) => withClient((query) => query(text, values)),
    transact: (work) =>
      withClient(async (query) => {
        await query(begin);
        const result = await work(query);
        await query("COMMIT");
        return result;
      }),
  };
}

/** Does it again for as long as the time limit while the reason may pass. Rejects with a `BeaconryError`. */
export async function insist<Result>(timeout: number, work: () => Promise<Result>): Promise<Result> {
  const end = performance.now() + timeout;
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      return await work();
    } catch (error) {
      const pause = wait * (0.5 + Math.random() / 2);
      if (!isPassing(error) || performance.now() + pause > end) throw toFault(error);
      await sleep(pause);
    }
  }
}

async function withinTime<Result>(work: Promise<Result>, milliseconds: number, what: string): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it ${what} for ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // Rejects after the race when its connection is thrown away.
    work.catch(() => undefined);
  }
}
