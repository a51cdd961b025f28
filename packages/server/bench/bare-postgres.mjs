import pg from "pg";

/** Parcels of a statement, and statements under way, as the outbox packs them. */
const packed = 500;
const writing = 2;

/**
 * The least that keeps parcels in PostgreSQL and gives them back, packed alike: a row each, and one statement for what
 * came while the last ones were on their way. What is taken stays locked until it is deleted; it counts nothing and
 * leases nothing.
 * @param {{ url: string, name: string, unique: boolean }} options `unique`: whether it recognises duplicates, by a key on
 * what waits
 */
export async function barePostgres({ url, name, unique }) {
  const pool = new pg.Pool({ connectionString: url, max: 6 });
  await pool.query(`CREATE TABLE ${name} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, destination text NOT NULL, name text NOT NULL,
    event_id text NOT NULL, time bigint NOT NULL, expires_at bigint NOT NULL, "group" text NOT NULL, body text NOT NULL
    ${unique ? ", UNIQUE (destination, name, event_id)" : ""})`);
  const insert = `INSERT INTO ${name} (destination, name, event_id, time, expires_at, "group", body)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
    ${unique ? "ON CONFLICT DO NOTHING RETURNING id" : ""}`;
  const select = `SELECT * FROM ${name} WHERE destination = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`;
  let pending = [];
  let underWay = 0;
  let scheduled = false;

  function schedule() {
    if (scheduled || underWay >= writing || pending.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const calls = [];
      for (let size = 0; pending.length > 0 && size < packed; ) {
        const call = pending.shift();
        calls.push(call);
        size += call.parcels.length;
      }
      void write(calls);
      schedule();
    });
  }

  async function write(calls) {
    underWay++;
    const parcels = calls.flatMap((call) => call.parcels);
    const column = (name) => parcels.map((parcel) => parcel[name]);
    const columns = ["destination", "name", "id", "time", "expiresAt", "group", "body"].map(column);
    await pool.query({ name: "insert", text: insert, values: columns });
    for (const { resolve } of calls) resolve();
    underWay--;
    schedule();
  }

  return {
    add(parcels) {
      const { promise, resolve } = Promise.withResolvers();
      pending.push({ parcels, resolve });
      schedule();
      return promise;
    },
    async deliver(destination, most) {
      const client = await pool.connect();
      await client.query("BEGIN");
      const { rows } = await client.query({ name: "select", text: select, values: [destination, most] });
      const ids = rows.map(({ id }) => id);
      await client.query({ name: "delete", text: `DELETE FROM ${name} WHERE id = ANY($1)`, values: [ids] });
      await client.query("COMMIT");
      client.release();
      return rows.length;
    },
    async close() {
      pending = [];
      await pool.query(`DROP TABLE ${name}`);
      await pool.end();
    },
  };
}
