import { type JetStreamManager, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/jetstream/engine.js";
import { jetstreamOutbox } from "../../src/jetstream/index.js";
import { createNames } from "../../src/jetstream/names.js";
import { claimOnce } from "../../src/jetstream/once.js";
import { toOnceKey } from "../../src/outbox/once-key.js";
import { soon, takeUntil } from "./jetstream-taking.js";
import { describeNats, type Nats } from "./nats.js";
import { parcel } from "./parcel.js";

const large = (id: string, length: number, change = {}) => parcel(id, { body: "ä".repeat(length / 2), ...change });

/** Does something with the servers past the outbox. */
async function withServers<Result>(
  nats: Nats,
  work: (manager: JetStreamManager, connection: NatsConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect({ servers: nats.urls });
  try {
    return await work(await jetstreamManager(connection), connection);
  } finally {
    await connection.close();
  }
}

describe("jetstreamOutbox", () => {
  it("names a wrong option", () => {
    const connection = { servers: "127.0.0.1:1" };
    const wrong = (options: object) => () => jetstreamOutbox(options as never);
    expect(wrong({})).toThrow(/connection is missing/);
    expect(wrong({ connection: "nats://127.0.0.1" })).toThrow(/connection is a text.*accepted is options of connect/);
    expect(wrong({ connection, replicas: 2 })).toThrow(/replicas is a number.*accepted is 1, 3 or 5/);
    expect(wrong({ connection, prefix: "a.b" })).toThrow(/prefix is a text.*letters, digits/);
    expect(wrong({ connection, lease: 0 })).toThrow(/lease .*whole number from 100/);
    expect(wrong({ connection, maxParcel: 1 })).toThrow(/maxParcel is unknown/);
  });

  it("rejects within its time limit where there is no server, and closes", async () => {
    const outbox = jetstreamOutbox({ connection: { servers: "127.0.0.1:1" }, timeout: 300 });
    const failure = { code: "outbox_failed", message: expect.stringContaining("no connection to NATS") };
    await expect(outbox.add([parcel("1")])).rejects.toMatchObject(failure);
    await expect(outbox.take("d", 1)).rejects.toMatchObject(failure);
    await expect(outbox.waiting()).rejects.toMatchObject(failure);
    await outbox.close();
    await expect(outbox.add([parcel("1")])).rejects.toMatchObject({ code: "closed" });
  });

  it("takes no transaction", async () => {
    const outbox = jetstreamOutbox({ connection: { servers: "127.0.0.1:1" }, timeout: 300 });
    await expect(outbox.add([parcel("1")], { transaction: {} })).rejects.toMatchObject({ code: "invalid_option" });
    await outbox.close();
  });
});

describeNats("jetstreamOutbox and its servers", { servers: 1 }, (nats) => {
  it("says which stream it can not make, and why", async () => {
    const outbox = nats.open({ replicas: 3 });
    await expect(outbox.add([parcel("1")])).rejects.toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/the stream \S+ does not exist and can not be set: replicas > 1 not supported/),
    });
  });

  it("brings its streams to the options that it was given, and leaves the others as they are", async () => {
    const prefix = nats.prefix();
    const configs = () =>
      withServers(nats, async ({ streams, consumers }) => {
        const [fresh, dead, once] = await Promise.all(
          [`${prefix}_new`, `${prefix}_dead`, `KV_${prefix}_once`].map(
            async (name) => (await streams.info(name)).config,
          ),
        );
        const { ack_wait } = (await consumers.info(`${prefix}_new`, "d")).config;
        return {
          maxBytes: fresh?.max_bytes,
          window: fresh?.duplicate_window,
          maxDeadLetters: dead?.max_msgs,
          maxOnce: once?.max_msgs,
          lease: ack_wait,
        };
      });
    const first = { maxBytes: 1_000_000, deduplicationWindow: 5_000, maxDeadLetters: 4, maxOnce: 5, lease: 60_000 };
    await nats.open({ prefix, ...first }).take("d", 1);
    const made = { maxBytes: 1_000_000, window: 5_000_000_000, maxDeadLetters: 4, maxOnce: 5, lease: 60_000_000_000 };
    expect(await configs()).toEqual(made);
    // Without the options that every outbox of these tests is given.
    const unsaid = { replicas: undefined, maxBytes: undefined };
    await nats.open({ prefix, ...unsaid }).take("d", 1);
    expect(await configs()).toEqual(made);
    await nats.open({ prefix, ...unsaid, maxDeadLetters: 8, lease: 2_000 }).take("d", 1);
    expect(await configs()).toEqual({ ...made, maxDeadLetters: 8, lease: 2_000_000_000 });
  });

  it("says of which stream it needs something that it can not have", async () => {
    const prefix = nats.prefix();
    await withServers(nats, async ({ streams }) => {
      await streams.add({ name: `${prefix}_dead`, subjects: [`${prefix}.dead.*.*`], storage: StorageType.Memory });
    });
    await expect(nats.open({ prefix }).add([parcel("1")])).rejects.toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(
        /_dead is not as it has to be \(storage\) and can not be set: .*can not change storage type/,
      ),
    });
  });

  it("makes streams and consumers again that are gone, and leaves the others to who started last", async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, maxDeadLetters: 4, timeout: 6_000 });
    await outbox.add([parcel("1")]);
    await outbox.take("d", 1);
    await nats.open({ prefix, maxDeadLetters: 8 }).waiting();
    await withServers(nats, async ({ streams }) => {
      await streams.delete(`${prefix}_new`);
    });
    expect(await outbox.add([parcel("2")])).toEqual(["added"]);
    expect(await takeUntil(outbox, 1)).toMatchObject([{ id: "2" }]);
    await withServers(nats, async ({ streams }) => {
      expect((await streams.info(`${prefix}_dead`)).config.max_msgs).toBe(8);
    });
  });

  it("refuses what finds no room in the streams, and still takes back what it gave", async () => {
    const outbox = nats.open({ maxBytes: 100_000 });
    await outbox.add([large("1", 40_000), parcel("2")]);
    await outbox.add([large("3", 40_000)]);
    await expect(outbox.add([large("4", 40_000)])).rejects.toMatchObject({ code: "outbox_full" });
    const parcels = await takeUntil(outbox, 3);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "retry", at: Date.now(), counted: true })));
    await expect.poll(() => outbox.add([large("4", 40_000)]).catch(() => "full"), soon).toEqual(["added"]);
    await expect.poll(() => outbox.waiting(), soon).toBe(4);
  });

  it("sends a large event alone, and refuses one that is larger than the servers take", async () => {
    const outbox = nats.open();
    await outbox.add([parcel("1"), large("2", 1_000_000), parcel("3")]);
    await expect(outbox.add([parcel("4"), large("5", 1_048_576)])).rejects.toMatchObject({
      code: "outbox_failed",
      message: expect.stringMatching(/an event of 1048\d+ bytes is larger .* max_payload there is 1048576/),
    });
    expect(await outbox.add([parcel("4")])).toEqual(["added"]);
    const parcels = await takeUntil(outbox, 4);
    expect(parcels.map(({ id, body }) => [id, Buffer.byteLength(body)])).toEqual([
      ["1", 10],
      ["2", 1_000_000],
      ["3", 10],
      ["4", 10],
    ]);
  });

  it("leaves alone what it can not read, says so, and gives the rest", async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix });
    await outbox.waiting();
    await withServers(nats, async (_, connection) => {
      await connection.request(`${prefix}.new.d.1`, "no packet");
      await connection.request(`${prefix}.new.d.1`, '[2,"d",0,0,[]]\n');
    });
    await outbox.add([parcel("1")]);
    expect(await takeUntil(outbox, 1)).toMatchObject([{ id: "1" }]);
    const again = nats.open({ prefix });
    await withServers(nats, async (_, connection) => {
      await connection.request(`${prefix}.new.d.1`, "[1");
    });
    await expect(again.take("d", 1)).rejects.toMatchObject({
      code: "outbox_failed",
      message: expect.stringContaining(`message 4 of ${prefix}_new was not written by this version`),
    });
    expect((await again.take("d", 1)).parcels).toEqual([]);
    expect(await again.waiting()).toBe(4);
  });

  it("buries what was given a hundred times and never settled", async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix });
    // Makes the consumer.
    await outbox.take("d", 1);
    await outbox.add([parcel("1"), parcel("2")]);
    await withServers(nats, async (_, connection) => {
      const ask = () => connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${prefix}_new.d`, "1", { reply: "given" });
      const given = connection.subscribe("given");
      let times = 0;
      ask();
      for await (const message of given) {
        message.respond("-NAK");
        if (++times === 100) break;
        ask();
      }
      await connection.flush();
    });
    const takeAndList = async () => {
      expect((await outbox.take("d", 2)).parcels).toEqual([]);
      return outbox.deadLetters({ reason: "attempts" });
    };
    await expect
      .poll(takeAndList, soon)
      .toMatchObject([{ id: "1", detail: "taken 100 times and never settled" }, { id: "2" }]);
    await expect.poll(() => outbox.waiting(), soon).toBe(0);
  });

  it("keeps a parcel for a claim that its process could not make good", async () => {
    const prefix = nats.prefix();
    const install = (id: string) => parcel(id, { name: "Install", once: "device" });
    const other = nats.open({ prefix });
    await other.waiting();
    // What a process has done that dies before its parcel is in.
    const engine = createEngine({
      connecting: { servers: nats.urls },
      names: createNames(prefix),
      settings: {},
      timeout: 10_000,
    });
    await claimOnce(engine, toOnceKey("d", "device"), install("1"));
    await engine.close();
    expect(await other.add([install("2"), install("1"), install("1")])).toEqual(["duplicate", "added", "duplicate"]);
    expect(await other.add([install("1"), install("3")])).toEqual(["duplicate", "duplicate"]);
  });

  it("uses a connection that is open already, and leaves it open with nothing on it", async () => {
    const prefix = nats.prefix();
    await withServers(nats, async (_, connection) => {
      const outbox = nats.open({ prefix, connection });
      await outbox.add([parcel("1")]);
      await outbox.take("d", 1);
      await outbox.close();
      await connection.flush();
      expect(connection.isClosed()).toBe(false);
      const { inMsgs } = connection.stats();
      // What another says to all is heard by those who listen.
      const other = nats.open({ prefix });
      await withServers(nats, async (_, listening) => {
        const announced = listening.subscribe(`${prefix}.wake`, { max: 1 });
        await listening.flush();
        await other.pause?.("d", Date.now());
        await other.add([parcel("2")]);
        for await (const _ of announced);
      });
      await connection.flush();
      expect(connection.stats().inMsgs).toBe(inMsgs);
    });
  });
});

describeNats(
  "jetstreamOutbox on a server with a token",
  { servers: 1, config: "authorization { token: right-token-51 }" },
  (nats) => {
    it("connects with it, and says without naming any that another is wrong", async () => {
      const connectWith = (token: string) => ({ servers: nats.urls, token });
      expect(await nats.open({ connection: connectWith("right-token-51") }).add([parcel("1")])).toEqual(["added"]);
      const wrong = nats.open({ connection: connectWith("wrong-token-51"), timeout: 3_000 });
      const error = await wrong.add([parcel("1")]).catch((error) => error);
      expect(error).toMatchObject({
        code: "outbox_failed",
        message: expect.stringMatching(/no connection to NATS: .*uthorization/),
      });
      expect(error.message).not.toMatch(/token-51/);
    });
  },
);

describeNats(
  "jetstreamOutbox on a server that takes little at once",
  { servers: 1, config: "max_payload: 20000" },
  (nats) => {
    it("makes messages as small as they must be", async () => {
      const outbox = nats.open();
      const all = Array.from({ length: 300 }, (_, index) => large(`${index}`, 1_000));
      await outbox.add([...all, large("alone", 15_000)]);
      const parcels = await takeUntil(outbox, 301);
      expect(parcels.map(({ id }) => id)).toEqual([...all.map(({ id }) => id), "alone"]);
      const at = Date.now() + 200;
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "retry", at, counted: true })));
      const back = await takeUntil(outbox, 301);
      expect(new Set(back.map(({ id }) => id)).size).toBe(301);
    });
  },
);

describeNats(
  "jetstreamOutbox on a server that takes much at once",
  { servers: 1, config: "max_payload: 12000000" },
  (nats) => {
    it("gives an event that is larger than what it pulls at once, as all others", async () => {
      const outbox = nats.open();
      const events = [parcel("1"), large("2", 10_000_000), parcel("3")];
      await outbox.add(events);
      const taken = await takeUntil(outbox, 3);
      expect(taken).toMatchObject(events);
      await outbox.settle(taken.map(({ key }) => ({ key, outcome: "dead", reason: "refused", detail: "too long" })));
      expect((await outbox.deadLetters()).map(({ id, body }) => [id, Buffer.byteLength(body)])).toEqual(
        events.map(({ id, body }) => [id, Buffer.byteLength(body)]),
      );
    });
  },
);
