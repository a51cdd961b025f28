import pg from "pg";
import { describe, expect, it } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { type PostgresPool, postgresSchema } from "../../src/postgres/index.js";
import { createSandbox } from "../../src/sandbox/index.js";
import { consent, createShopTracker, webContext } from "../shop.js";
import { parcel } from "./parcel.js";
import { describePostgres } from "./postgres.js";
import { usePostgresWorker } from "./postgres-process.js";

const many = (count: number, name = "") => Array.from({ length: count }, (_, index) => parcel(`${name}${index}`));

/** A pool whose connections break after they have done what is asked for, the first times that it fits. */
function breakingPool(connectionString: string, fits: RegExp, times: number, error: object = {}) {
  const pool = new pg.Pool({ connectionString });
  pool.on("error", () => {});
  let left = times;
  const wrapped: PostgresPool = {
    async connect() {
      const client = await pool.connect();
      return {
        async query(statement: string | { text: string }, values?: unknown[]) {
          const text = typeof statement === "string" ? statement : statement.text;
          const result = await client.query(text, values);
          if (fits.test(text) && left-- > 0)
            throw Object.assign(new Error("Connection terminated unexpectedly"), error);
          return result;
        },
        on: (event: string, listener: (...args: never[]) => void) =>
          client.on(event as "error", listener as () => void),
        release: (broken?: Error | boolean) => client.release(broken),
      };
    },
  };
  return { pool: wrapped, broke: () => times - Math.max(left, 0), end: () => pool.end() };
}

const failure = (outbox: MovableOutbox) => outbox.waiting().catch((error: unknown) => error);

describePostgres("postgresOutbox where something fails", (postgres) => {
  const start = usePostgresWorker();

  it("keeps an event once whose commit was not answered", async () => {
    const schema = postgres.schema();
    const { pool, broke, end } = breakingPool(postgres.url, /INSERT INTO \w+\.segments/, 2);
    const outbox = postgres.open({ pool, schema });
    expect(await outbox.add(many(2))).toEqual(["duplicate", "duplicate"]);
    expect(broke()).toBe(2);
    expect((await outbox.take("d", 5)).parcels.map(({ id }) => id)).toEqual(["0", "1"]);
    await outbox.close();
    await end();
  });

  it("settles again what was not answered, and after a deadlock", async () => {
    const schema = postgres.schema();
    const deadlock = { code: "40P01", severity: "ERROR" };
    const { pool, broke, end } = breakingPool(postgres.url, /DELETE FROM \w+\.segments s/, 1, deadlock);
    const outbox = postgres.open({ pool, schema });
    await outbox.add(many(2));
    const { parcels } = await outbox.take("d", 2);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    expect(broke()).toBe(1);
    expect(await outbox.waiting()).toBe(0);
    await outbox.close();
    await end();
  });

  it("waits no longer than its timeout, and goes on afterwards", async () => {
    const schema = postgres.schema();
    await postgres.open({ schema }).waiting();
    const outbox = postgres.open({ schema, timeout: 1_500 });
    await outbox.add([parcel("1")]);
    const client = await postgres.connect();
    await client.query(`BEGIN; LOCK TABLE ${schema}.seen IN ACCESS EXCLUSIVE MODE`);
    await expect(outbox.add([parcel("2")])).rejects.toMatchObject({ code: "outbox_failed" });
    await client.query("ROLLBACK");
    expect(await outbox.add([parcel("2")])).toEqual(["added"]);
    expect(await outbox.waiting()).toBe(2);
  });

  it("waits no longer than its timeout for a connection of a pool that has none to give", async () => {
    const pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
    const outbox = postgres.open({ pool, timeout: 1_500 });
    // On such a pool it polls: listening would take the one connection.
    const watched = Promise.withResolvers<void>();
    const endWatch = postgres.open({ pool, pollInterval: 10 }).watch?.(watched.resolve);
    await watched.promise;
    endWatch?.();
    await outbox.waiting();
    const client = await pool.connect();
    expect(await failure(outbox)).toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/no connection/),
    });
    client.release();
    expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    await outbox.close();
    await pool.end();
  });

  it("never shows a password", async () => {
    const url = new URL(postgres.url);
    // Unknown, for servers that ask for no password.
    [url.username, url.password] = ["nobody", "wrong-password-5d2e"];
    const refused = postgres.open({ connectionString: url.href });
    const error = await failure(refused);
    expect(error).toMatchObject({ code: "outbox_failed", message: expect.stringMatching(/refuses the role/) });
    expect(error).not.toHaveProperty("cause");
    url.port = "1";
    const unreachable = await failure(postgres.open({ connectionString: url.href, timeout: 300 }));
    expect(unreachable).toMatchObject({ message: expect.stringMatching(/can not be reached: .*ECONNREFUSED/) });
    for (const text of [String(error), String(unreachable), JSON.stringify(error)]) expect(text).not.toContain("5d2e");
  });

  it("lets a finished process end, also while it listens", async () => {
    const rest = start(postgres.url, postgres.schema(), "rest");
    expect(await rest.ended).toBe(0);
    expect(rest.lines).toEqual(["1"]);
  });

  describe("tables that can not be used", () => {
    it("are refused when a newer version made them", async () => {
      const schema = postgres.schema();
      await postgres.open({ schema }).waiting();
      await postgres.sql(`UPDATE ${schema}.version SET number = 99`);
      expect(await failure(postgres.open({ schema }))).toMatchObject({
        code: "outbox_failed",
        message: expect.stringMatching(/newer Beaconry \(version 99, this one knows 1\)/),
      });
    });

    it("are refused, and left as they are, when they are something else's", async () => {
      const schema = postgres.schema();
      await postgres.sql(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.invoices (id integer)`);
      expect(await failure(postgres.open({ schema }))).toMatchObject({
        message: expect.stringMatching(/belongs to something else/),
      });
      const tables = await postgres.sql("SELECT tablename FROM pg_tables WHERE schemaname = $1", [schema]);
      expect(tables).toEqual([{ tablename: "invoices" }]);
    });

    it("are made in a schema that is there and empty", async () => {
      const schema = postgres.schema();
      await postgres.sql(`CREATE SCHEMA ${schema}`);
      expect(await postgres.open({ schema }).add([parcel("1")])).toEqual(["added"]);
    });

    it("are refused in a database whose texts hold not every character", async () => {
      const name = postgres.schema();
      await postgres.sql(`CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
      const url = new URL(postgres.url);
      url.pathname = name;
      const outbox = postgres.open({ connectionString: url.href });
      expect(await failure(outbox)).toMatchObject({ message: expect.stringMatching(/encoding UTF8, .* SQL_ASCII/) });
      await outbox.close();
      await postgres.sql(`DROP DATABASE ${name}`);
    });

    it("are told of when they go", async () => {
      const schema = postgres.schema();
      const outbox = postgres.open({ schema });
      await outbox.add([parcel("1")]);
      await postgres.sql(`DROP SCHEMA ${schema} CASCADE`);
      await expect(outbox.add([parcel("2")])).rejects.toMatchObject({
        code: "outbox_failed",
        message: expect.stringMatching(/gone/),
      });
    });
  });

  it("says what a role lacks that may not make tables, and has enough with what postgresSchema gives it", async () => {
    const schema = postgres.schema();
    const role = `role_${schema}`;
    await postgres.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'shop'`);
    const url = new URL(postgres.url);
    [url.username, url.password] = [role, "shop"];
    const open = () => postgres.open({ connectionString: url.href, schema, maxDeadLetters: 1, maxOnce: 1 });
    expect(await failure(open())).toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/lacks a right \(permission denied for database .*postgresSchema/),
    });
    await postgres.sql(postgresSchema({ schema }));
    expect(await failure(open())).toMatchObject({ message: expect.stringMatching(/GRANT USAGE ON SCHEMA/) });
    await postgres.sql(`DROP SCHEMA ${schema} CASCADE`);
    await postgres.sql(postgresSchema({ schema, role }));

    const outbox = open();
    await outbox.add([...many(5), parcel("a", { once: "a" }), parcel("b", { once: "b" })]);
    const { parcels } = await outbox.take("d", 7);
    await outbox.settle(
      parcels.map(({ key }, index) =>
        index < 2 ? { key, outcome: "delivered" } : { key, outcome: "dead", reason: "refused", detail: "" },
      ),
    );
    expect(await outbox.replay()).toBe(1);
    expect(await outbox.purge()).toBe(0);
    await outbox.pause?.("d", Date.now() + 1_000);
    expect(await outbox.share?.("names", ["one"], 10)).toEqual(["one"]);
    await outbox.adoptOnceKeys(["00000000000000000000000000000001"]);
    const client = await postgres.connect(url.href);
    await client.query("BEGIN");
    expect(await outbox.add([parcel("c")], { transaction: client })).toEqual(["added"]);
    await client.query("COMMIT");
    await client.end();
    expect(await outbox.oldest("d")).toBe(0);
    await outbox.close();
    await postgres.sql(`DROP SCHEMA ${schema} CASCADE; DROP ROLE ${role}`);
  });
});

describePostgres(
  "postgresOutbox on a server that is stopped",
  (postgres) => {
    it("loses nothing and delivers everything, in order or by kill -9", { timeout: 60_000 }, async () => {
      await using sandbox = await createSandbox({ maxEvents: 100_000 });
      const schema = postgres.schema();
      await using shop = createShopTracker(sandbox, { outbox: postgres.open({ schema }), deliver: false });
      await using worker = createShopTracker(sandbox, { outbox: postgres.open({ schema, lease: 2_000 }) });
      const acknowledged: string[] = [];
      const refused: unknown[] = [];
      let isOpen = true;
      const visit = async (visitor: number) => {
        for (let index = 0; isOpen; index++) {
          const id = `${visitor}-${index}`;
          await shop
            .track("Purchase", { currency: "EUR", value: 1 }, { id, consent, context: webContext })
            .then(() => acknowledged.push(id))
            .catch((error) => refused.push(error));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const visits = Array.from({ length: 5 }, (_, visitor) => visit(visitor));
      for (const signal of ["SIGINT", "SIGKILL", "SIGQUIT"] as const) {
        const before = acknowledged.length;
        await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(before + 20);
        await postgres.server.stop(signal);
        await postgres.server.start();
      }
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(before + 20);
      isOpen = false;
      await Promise.all(visits);
      expect(refused).toEqual([]);
      const received = () =>
        new Set(sandbox.events().flatMap(({ endpoint, id }) => (endpoint === "meta.conversions" ? [id] : [])));
      await expect.poll(() => acknowledged.filter((id) => !received().has(id)), { timeout: 20_000 }).toEqual([]);
      await worker.flush();
    });
  },
  { stopsServer: true },
);
