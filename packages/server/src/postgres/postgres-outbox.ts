import { BeaconryError } from "@beaconry/core";
import { type AddedParcel, toAdded } from "../outbox/added-parcel.js";
import { createGroupCommit } from "../outbox/group-commit.js";
import type { MovableOutbox } from "../outbox/movable-outbox.js";
import type { AddOptions, Parcel } from "../outbox/outbox.js";
import { readTransaction } from "./caller-transaction.js";
import { createDatabase, insist } from "./database.js";
import { createKeeper, toArray } from "./keep-parcels.js";
import { createLetters } from "./letters.js";
import { openPool } from "./pool.js";
import { toFault } from "./postgres-error.js";
import { prepareSchema } from "./schema.js";
import { type PostgresOutboxOptions, readSettings } from "./settings.js";
import { createSettlement } from "./settle-parcels.js";
import { statementsFor } from "./statements.js";
import { fromStored } from "./stored-record.js";
import { createTaker, type Taker } from "./take-parcels.js";
import { createTender } from "./tender.js";
import { createTimes } from "./times.js";
import { createWaker } from "./waker.js";

/**
 * Keeps parcels in PostgreSQL: what `add` has resolved for is committed. Any number of processes, on any number of
 * machines, may use the same tables, to put in or to deliver. What is added at the same time goes into one statement.
 * With `transaction` an event is kept if a transaction of yours commits, and only then.
 *
 * Connects at once, and makes its tables if there are none; what goes wrong then, the first call rejects with. While the
 * server is away, adding and settling are tried again: an event whose commit was not answered is kept once, though it may
 * be reported as a duplicate. Throws `invalid_option`.
 */
export function postgresOutbox(options: PostgresOutboxOptions): MovableOutbox {
  const settings = readSettings(options);
  const { timeout, schema } = settings;
  const { pool, prepares, listens, end } = openPool(options, settings);
  const database = createDatabase(pool, timeout, prepares);
  const { query, transact } = database;
  const statements = statementsFor(schema);
  const times = createTimes(options.now);
  let opened: Promise<Opened> | undefined;
  let closed: Promise<void> | undefined;
  /** What was asked and is not answered yet. */
  const asked = new Set<Promise<unknown>>();

  /** What can only be made once the tables are there. */
  interface Opened {
    readonly taker: string;
    readonly parcels: Taker;
  }

  async function open(): Promise<Opened> {
    if (closed && asked.size === 0) throw isClosed();
    await prepareSchema(schema, query, transact);
    const [row] = await query(statements.taker);
    const taker = String(row?.taker);
    const parcels = createTaker({ query, statements, settings, times, taker, bringIn: keeper.bringIn });
    return { taker, parcels };
  }

  /** After a failure the next call tries again. */
  function ready(): Promise<Opened> {
    opened ??= insist(timeout, open).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  const tender = createTender({ query, statements, settings, times });
  const waker = createWaker({
    database,
    statements,
    settings,
    listens,
    taker: async () => (await ready()).taker,
  });
  const keeper = createKeeper({
    database,
    statements,
    settings,
    times,
    onKept(count) {
      tender.used(count);
      waker.tell();
    },
  });
  const letters = createLetters({ database, statements, settings, times, keeper });
  const settleAll = createSettlement({ query, statements, settings, times });
  const commits = createGroupCommit<AddedParcel>(keeper.commit);

  /** Once the tables are there. Rejects with a `BeaconryError`. */
  async function ask<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result> {
    if (closed) throw isClosed();
    const answer = ready().then(work);
    asked.add(answer);
    try {
      return await answer;
    } catch (error) {
      throw toFault(error);
    } finally {
      asked.delete(answer);
    }
  }

  /** The same, again and again for as long as the time limit while the reason may pass. */
  const insistOn = (work: () => Promise<unknown>) => ask(() => insist(timeout, work)).then(() => undefined);

  async function add(parcels: readonly Parcel[], { transaction }: AddOptions = {}) {
    if (transaction === undefined) return ask(() => commits.add(parcels));
    const client = readTransaction(transaction);
    return ask(() => keeper.commitWithin(client, parcels));
  }

  async function bringInArrivals(): Promise<void> {
    const [row] = await query(statements.arrived);
    if (row?.arrived) await keeper.bringIn();
  }

  async function oldest(destination: string): Promise<number | undefined> {
    await bringInArrivals();
    const [row] = await query(statements.oldest, [destination]);
    return row && fromStored(destination, String(row.record)).time;
  }

  async function share(name: string, members: readonly string[], most: number): Promise<readonly string[]> {
    // As JSON: a name may hold what no text of PostgreSQL does.
    const stored = members.map((member) => JSON.stringify(member));
    const read = async (within = query) =>
      (await within(statements.shared, [name])).map(({ member }) => String(member));
    let all = await read();
    if (all.length < most && stored.some((member) => !all.includes(member))) {
      all = await transact(async (within) => {
        await within(statements.lockShared, [`beaconry ${schema} shared`]);
        await within(statements.share, [name, stored, most]);
        return read(within);
      });
    }
    return all.map((member) => JSON.parse(member));
  }

  async function shutDown(): Promise<void> {
    await Promise.allSettled(asked);
    await Promise.all([waker.close(), tender.rested()]);
    await end();
  }

  const outbox: MovableOutbox = {
    add,
    take: (destination, most) => ask(({ parcels }) => parcels.take(destination, most)),
    settle: (settlements) =>
      ask(async () => {
        await settleAll(settlements);
        tender.used(0);
      }),
    waiting: (destination) =>
      ask(async () => Number((await query(statements.waiting, [destination ?? null]))[0]?.number)),
    oldest: (destination) => ask(() => oldest(destination)),
    deadLetters: (page) => ask(() => letters.list(page)),
    replay: (filter) =>
      ask(async () => {
        await bringInArrivals();
        const count = await letters.replay(filter);
        if (count > 0) waker.tell();
        return count;
      }),
    purge: (filter) => ask(() => letters.purge(filter)),
    watch: waker.watch,
    pause: (destination, until) =>
      insistOn(() => query(statements.pause, [times.stamp(), destination, Math.ceil(until - times.local())])),
    share: (name, members, most) => ask(() => share(name, members, most)),
    destinations: () =>
      ask(async () => (await query(statements.destinations)).map(({ destination }) => String(destination)).sort()),
    takeAll: (destination, most) => ask(({ parcels }) => parcels.takeAll(destination, most)),
    adopt: (parcels) => ask(() => commits.add(parcels.map(toAdded))),
    adoptDeadLetters: (adopted) => ask(() => letters.adopt(adopted)),
    dropDeadLetters: (upTo) => ask(() => letters.drop(upTo)),
    onceKeys: ({ after = "0", limit }) =>
      ask(async () => {
        const rows = await query(statements.onceKeys, [after, limit]);
        const keys = rows.map(({ key }) => String(key).replaceAll("-", ""));
        return { keys, ...(rows.length === limit && { next: String(rows.at(-1)?.id) }) };
      }),
    adoptOnceKeys: (keys) =>
      insistOn(async () => {
        await query(statements.adoptOnceKeys, [toArray(keys)]);
        await query(statements.trimOnce, [settings.maxOnce]);
      }),
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
  // At once, so that the first request does not wait for it; what goes wrong is told to whoever asks.
  ready().catch(() => undefined);
  return outbox;
}

function isClosed(): BeaconryError {
  return new BeaconryError("closed", "the outbox is closed");
}
