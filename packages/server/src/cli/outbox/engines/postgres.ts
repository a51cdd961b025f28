import { type Engine, unlimited } from "./engine.js";

/** How long to wait for the database, ms. */
const patience = 10_000;

/** At an address of PostgreSQL, in whose query `schema` may name the outbox's. */
export const postgres: Engine = {
  needs: "pg",
  async open(location, mayBeNew) {
    const address = new URL(location);
    // Of this command, not of the driver.
    const schema = address.searchParams.get("schema") ?? "beaconry";
    address.searchParams.delete("schema");
    const connectionString = address.href;
    if (!mayBeNew && !(await exists(connectionString, schema))) return undefined;
    const { postgresOutbox } = await import("../../../postgres/index.js");
    const limits = { maxParcels: unlimited, maxDeadLetters: unlimited, maxOnce: unlimited };
    return postgresOutbox({ connectionString, schema, ...limits });
  },
};

async function exists(connectionString: string, schema: string): Promise<boolean> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: patience, query_timeout: patience });
  try {
    await client.connect();
    const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS exists", [`${schema}.version`]);
    return rows[0]?.exists === true;
  } finally {
    await client.end();
  }
}
