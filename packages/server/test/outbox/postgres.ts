import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { launchPostgres } from "../../../../scripts/launch-postgres.mjs";
import { installedPostgres } from "../../../../scripts/postgres.mjs";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { type PostgresOutboxOptions, postgresOutbox } from "../../src/postgres/index.js";

type Server = Awaited<ReturnType<typeof launchPostgres>>;

/** What a suite runs on. */
export interface Postgres {
  readonly url: string;
  /** The server, where the suite has started it: it may stop it. */
  readonly server: Server;
  /** An outbox in a schema of its own unless it names one, which is closed after the test. */
  open(options?: PostgresOutboxOptions): MovableOutbox;
  /** The name of a schema that does not exist yet. */
  schema(): string;
  /** A connection that is ended after the test. */
  connect(url?: string): Promise<pg.Client>;
  /** Rows of one statement. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the statement gives.
  sql(text: string, values?: unknown[]): Promise<any[]>;
  /** Resolves when so many connections wait for others that hold rows of this schema. */
  blocked(schema: string, count: number): Promise<void>;
}

/** A running server that may be used instead of one of the tests' own. */
const { DATABASE_URL, CI } = process.env;

/**
 * A suite on a PostgreSQL that runs for as long as the suite does. Suites that stop the server always start their own;
 * others take the one that `DATABASE_URL` names. Without any the suite is left out, which in CI is a failure.
 */
export function describePostgres(
  name: string,
  tests: (postgres: Postgres) => void,
  { stopsServer = false, settings = {} as Record<string, string | number> } = {},
): void {
  const usesGiven = DATABASE_URL !== undefined && !stopsServer;
  const isMissing = !usesGiven && !installedPostgres() && !CI;
  const reason = isMissing ? " (left out: no PostgreSQL is installed, and DATABASE_URL names none)" : "";
  describe.skipIf(isMissing)(`${name}${reason}`, () => {
    const schemas: string[] = [];
    const outboxes: MovableOutbox[] = [];
    const clients: pg.Client[] = [];
    let launched: Server | undefined;
    let url = DATABASE_URL ?? "";

    beforeAll(async () => {
      if (usesGiven) return;
      launched = await launchPostgres({ settings });
      url = launched.url;
    }, 60_000);

    afterEach(async () => {
      await Promise.all([
        ...outboxes.splice(0).map((outbox) => outbox.close().catch(() => undefined)),
        ...clients.splice(0).map((client) => client.end().catch(() => undefined)),
      ]);
    }, 30_000);

    afterAll(async () => {
      if (usesGiven) for (const schema of schemas) await sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await launched?.close();
    }, 60_000);

    const schema = () => {
      const made = `test_${crypto.randomUUID().replaceAll("-", "")}`;
      schemas.push(made);
      return made;
    };

    async function sql(text: string, values?: unknown[]) {
      const client = new pg.Client(url);
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    }

    tests({
      get url() {
        return url;
      },
      get server() {
        if (!launched) throw new Error("the suite has started no server: stopsServer");
        return launched;
      },
      schema,
      open(options = {}) {
        const outbox = postgresOutbox({
          ...(!options.pool && { connectionString: url }),
          schema: options.schema ?? schema(),
          ...options,
        });
        outboxes.push(outbox);
        return outbox;
      },
      async connect(to = url) {
        const client = new pg.Client(to);
        // Tests end servers and connections.
        client.on("error", () => {});
        clients.push(client);
        await client.connect();
        return client;
      },
      sql,
      async blocked(schema, count) {
        const waiting = () =>
          sql("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1", [`%${schema}.%`]);
        await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(count);
      },
    });
  });
}
