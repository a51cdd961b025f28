import pg from "pg";
import { describe, expect, it } from "vitest";
import type { AddOptions, Outbox } from "../../src/outbox/outbox.js";
import { createSandbox } from "../../src/sandbox/index.js";
import { consent, createShopTracker, webContext } from "../shop.js";
import { describeOutbox, limits } from "./contract.js";
import { parcel } from "./parcel.js";
import { describePostgres, type Postgres } from "./postgres.js";

const purchase = { currency: "EUR", value: 21.97 } as const;

/** The outbox, but that everything is added in a transaction of its own. Asking for the oldest brings in what came before. */
function inTransactions(postgres: Postgres, outbox: Outbox): Outbox {
  return {
    ...outbox,
    async add(parcels) {
      await outbox.oldest("");
      const client = await postgres.connect();
      await client.query("BEGIN");
      try {
        return await outbox.add(parcels, { transaction: client });
      } finally {
        await client.query("COMMIT");
        await client.end();
      }
    },
  };
}

const takeIds = async (outbox: Outbox) => (await outbox.take("d", 100)).parcels.map(({ id }) => id);

describePostgres("postgresOutbox in transactions of the caller's", (postgres) => {
  describeOutbox("postgresOutbox, all in transactions", (clock) =>
    inTransactions(postgres, postgres.open({ ...limits, now: () => clock.time })),
  );

  /** A client after BEGIN. */
  async function begin(how = "BEGIN") {
    const client = await postgres.connect();
    await client.query(how);
    return client;
  }

  it("keeps an event with the order, and none where the order is rolled back", async () => {
    await using sandbox = await createSandbox();
    const orders = `orders_${postgres.schema()}`;
    await postgres.sql(`CREATE TABLE ${orders} (id text PRIMARY KEY, total numeric NOT NULL)`);
    const outbox = postgres.open();
    await using tracker = createShopTracker(sandbox, { outbox });
    const pool = new pg.Pool({ connectionString: postgres.url });
    // As in the README.
    const book = async (order: { id: string; total: number }, isPaid: boolean) => {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(`INSERT INTO ${orders} (id, total) VALUES ($1, $2)`, [order.id, order.total]);
        const purchase = { currency: "EUR", value: order.total } as const;
        await tracker.track("Purchase", purchase, { id: order.id, context: webContext, consent, transaction: client });
        if (!isPaid) throw new Error("payment refused");
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    };
    await book({ id: "order-1", total: 21.97 }, true);
    await expect(book({ id: "order-2", total: 5 }, false)).rejects.toThrow("payment refused");
    await book({ id: "order-3", total: 7.5 }, true);
    expect(await postgres.sql(`SELECT id FROM ${orders} ORDER BY id`)).toEqual([{ id: "order-1" }, { id: "order-3" }]);
    await expect.poll(() => sandbox.events().length, { timeout: 10_000 }).toBe(4);
    await tracker.flush();
    const sent = sandbox.events().map(({ endpoint, id }) => `${endpoint} ${id}`);
    expect(sent.sort()).toEqual([
      "meta.conversions order-1",
      "meta.conversions order-3",
      "tiktok.events order-1",
      "tiktok.events order-3",
    ]);
    expect(await outbox.waiting()).toBe(0);
    await pool.end();
    await postgres.sql(`DROP TABLE ${orders}`);
  });

  it("shows nobody what is not committed, and counts it only then", async () => {
    const outbox = postgres.open();
    const client = await begin();
    expect(await outbox.add([parcel("1")], { transaction: client })).toEqual(["added"]);
    expect(await takeIds(outbox)).toEqual([]);
    expect(await outbox.waiting()).toBe(0);
    await client.query("COMMIT");
    expect(await outbox.waiting()).toBe(1);
    expect(await takeIds(outbox)).toEqual(["1"]);
  });

  it("waits for no other transaction with the same event, and nobody for it; one of all is kept", async () => {
    const outbox = postgres.open();
    const [first, second] = [await begin(), await begin()];
    const install = parcel("install", { once: "device" });
    for (const client of [first, second]) {
      await outbox.add([parcel("1"), install], { transaction: client });
    }
    // Not in a transaction of the caller's: such as the browser's copy, which comes to the collector meanwhile.
    expect(await outbox.add([parcel("1"), parcel("2"), parcel("again", { once: "device" })])).toEqual([
      "added",
      "added",
      "added",
    ]);
    await second.query("COMMIT");
    await first.query("COMMIT");
    expect((await takeIds(outbox)).sort()).toEqual(["1", "2", "again"]);
    expect(await outbox.waiting()).toBe(3);
  });

  it("keeps what is once for ever that is committed while its other copy is put in", async () => {
    const schema = postgres.schema();
    const outbox = postgres.open({ schema });
    const install = parcel("install", { once: "device" });
    const client = await begin();
    await outbox.add([install], { transaction: client });
    // The copy has found nothing that is like it, and may not write yet.
    const other = await begin();
    await other.query(`LOCK TABLE ${schema}.segments IN SHARE MODE`);
    const copy = outbox.add([install]);
    await postgres.blocked(schema, 1);
    await client.query("COMMIT");
    await other.query("COMMIT");
    expect(await copy).toEqual(["duplicate"]);
    expect(await takeIds(outbox)).toEqual(["install"]);
    expect(await outbox.add([parcel("again", { once: "device" })])).toEqual(["duplicate"]);
  });

  it("finds duplicates of what is there, in the same transaction too, without ending it", async () => {
    const outbox = postgres.open();
    await outbox.add([parcel("1")]);
    const client = await begin();
    expect(await outbox.add([parcel("1"), parcel("2"), parcel("2")], { transaction: client })).toEqual([
      "duplicate",
      "added",
      "duplicate",
    ]);
    expect(await outbox.add([parcel("2")], { transaction: client })).toEqual(["duplicate"]);
    await client.query("COMMIT");
    expect(await outbox.add([parcel("2")])).toEqual(["duplicate"]);
    expect(await takeIds(outbox)).toEqual(["1", "2"]);
  });

  it("does not end a transaction in which there is no room", async () => {
    const outbox = postgres.open({ maxParcels: 2 });
    await outbox.add([parcel("1")]);
    const client = await begin();
    await expect(outbox.add([parcel("2"), parcel("3")], { transaction: client })).rejects.toMatchObject({
      code: "outbox_full",
    });
    await outbox.add([parcel("4")], { transaction: client });
    await client.query("COMMIT");
    expect(await takeIds(outbox)).toEqual(["1", "4"]);
  });

  it("makes no two serialisable transactions collide", async () => {
    const outbox = postgres.open();
    const clients = [
      await begin("BEGIN ISOLATION LEVEL SERIALIZABLE"),
      await begin("BEGIN ISOLATION LEVEL SERIALIZABLE"),
    ];
    for (const [index, client] of clients.entries()) {
      await outbox.add([parcel(`${index}`), parcel("same")], { transaction: client });
    }
    for (const client of clients) await client.query("COMMIT");
    expect((await takeIds(outbox)).sort()).toEqual(["0", "1", "same"]);
  });

  it("takes whatever has query, and names what is no transaction", async () => {
    const outbox = postgres.open();
    const pool = new pg.Pool({ connectionString: postgres.url });
    const add = (transaction: AddOptions["transaction"]) => outbox.add([parcel("1")], { transaction });
    const client = await postgres.connect();
    for (const [wrong, message] of [
      [pool, /transaction: this is a pool/],
      [{}, /transaction: this has no method query/],
      [null, /transaction: this has no method query/],
      ["BEGIN", /transaction: this has no method query/],
      [client, /transaction: no transaction is open on this client/],
    ] as const) {
      await expect(add(wrong)).rejects.toMatchObject({
        code: "invalid_option",
        message: expect.stringMatching(message),
      });
    }
    await pool.end();
    await client.query("BEGIN");
    const wrapped = { query: (text: string, values?: unknown[]) => client.query(text, values) };
    expect(await add(wrapped)).toEqual(["added"]);
    await client.query("COMMIT");
    expect(await takeIds(outbox)).toEqual(["1"]);
  });

  describe("over the poll interval", () => {
    it("wakes another process at the commit", { timeout: 20_000 }, async () => {
      await using sandbox = await createSandbox();
      const schema = postgres.schema();
      const pollInterval = 3_600_000;
      const outbox = postgres.open({ schema, pollInterval });
      await using shop = createShopTracker(sandbox, { outbox, deliver: false });
      await using worker = createShopTracker(sandbox, { outbox: postgres.open({ schema, pollInterval }) });
      await listening(schema);
      const client = await begin();
      await shop.track("Purchase", purchase, { id: "order-1", transaction: client, consent, context: webContext });
      await client.query("COMMIT");
      const delivered = async () => (await worker.status()).destinations.map(({ delivered }) => delivered);
      await expect.poll(delivered, { timeout: 10_000 }).toEqual([1, 1, 0]);
      expect(sandbox.events()).toHaveLength(2);
    });
  });

  /** Resolves when somebody listens for notifications of this schema. */
  async function listening(schema: string) {
    await expect
      .poll(() => postgres.sql("SELECT FROM pg_stat_activity WHERE query = $1", [`LISTEN ${schema}_outbox`]), {
        timeout: 10_000,
      })
      .toHaveLength(1);
  }
});
