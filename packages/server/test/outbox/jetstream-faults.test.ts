import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import type { Outbox } from "../../src/index.js";
import { describeNats } from "./nats.js";
import { parcel } from "./parcel.js";

/** Takes and settles until nothing is left; gives the ids. */
async function drain(outbox: Outbox, patience = 30_000): Promise<string[]> {
  const ids: string[] = [];
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const { parcels } = await outbox.take("d", 1_000);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    ids.push(...parcels.map(({ id }) => id));
    if (parcels.length === 0 && (await outbox.waiting()) === 0) break;
    if (parcels.length === 0) await sleep(50);
  }
  return ids;
}

describeNats("jetstreamOutbox without its server", { servers: 1, stopsServers: true }, (nats) => {
  it("rejects within its time limit, keeps what it had, and goes on when the server is back", {
    timeout: 60_000,
  }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, timeout: 1_000, lease: 2_000 });
    const [server] = nats.servers;
    await outbox.add([parcel("1"), parcel("2"), parcel("3")]);
    const [first, second] = (await outbox.take("d", 3)).parcels;
    await server?.kill();

    const failed = expect.objectContaining({ code: "outbox_failed" });
    const start = performance.now();
    const results = await Promise.allSettled([
      ...Array.from({ length: 50 }, (_, index) => outbox.add([parcel(`lost ${index}`)])),
      outbox.take("d", 1),
      outbox.settle([{ key: second?.key ?? "", outcome: "retry", at: Date.now(), counted: true }]),
      outbox.waiting(),
    ]);
    expect(performance.now() - start).toBeLessThan(5_000);
    for (const result of results) expect(result).toEqual({ status: "rejected", reason: failed });
    // In the background: what it is about is known here, and settled for good when the server is back.
    await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);

    await server?.start();
    await expect.poll(() => outbox.add([parcel("4")]).catch(() => "failed"), { timeout: 10_000 }).toEqual(["added"]);
    const ids = await drain(outbox);
    // The first may be repeated: its acknowledgement had nobody to go to. The second went back after all, or came back.
    expect(new Set(ids.filter((id) => !id.startsWith("lost")))).toEqual(new Set(["2", "3", "4"]));
  });
});

describeNats("jetstreamOutbox on a cluster that loses servers", { servers: 3, stopsServers: true }, (nats) => {
  it("has every acknowledged event when the leader is killed while it adds", { timeout: 120_000 }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, lease: 5_000 });
    const worker = nats.open({ prefix, lease: 5_000 });
    await outbox.add([parcel("first")]);
    const acknowledged = new Set(["first"]);
    let isOver = false;
    const adding = Promise.all(
      Array.from({ length: 10 }, async (_, caller) => {
        for (let number = 0; !isOver; number++) {
          const ids = [0, 1, 2].map((part) => `${caller}-${number}-${part}`);
          const outcomes = await outbox.add(ids.map((id) => parcel(id))).catch(() => []);
          for (const [index] of outcomes.entries()) acknowledged.add(ids[index] ?? "");
          await sleep(5);
        }
      }),
    );
    for (let round = 0; round < 2; round++) {
      await sleep(500);
      const leader = await leaderOf(nats.urls, `${prefix}_new`);
      const server = nats.servers.find(({ name }) => name === leader);
      const before = acknowledged.size;
      await server?.kill();
      await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 100 }).toBeGreaterThan(before + 100);
      await server?.start();
    }
    isOver = true;
    await adding;
    const ids = await drain(worker);
    const counts = Map.groupBy(ids, (id) => id);
    expect([...acknowledged].filter((id) => !counts.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(500);
  });

  it("gives put-off parcels at their times though the consumer's leader is killed", { timeout: 60_000 }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, lease: 3_000 });
    const worker = nats.open({ prefix, lease: 3_000 });
    await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
    const { parcels } = await outbox.take("d", 3);
    const at = Date.now() + 12_000;
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "retry", at, counted: true })));
    // Takes the message, and gives it back until its time.
    await worker.take("d", 3);
    const connection = await connect({ servers: nats.urls });
    const { cluster } = await (await jetstreamManager(connection)).consumers.info(`${prefix}_later`, "d");
    await connection.close();
    const server = nats.servers.find(({ name }) => name === cluster?.leader);
    await server?.kill();
    let early = 0;
    while (Date.now() < at - 100) {
      early += (await worker.take("d", 3)).parcels.length;
      await sleep(100);
    }
    expect(early).toBe(0);
    const taken: string[] = [];
    while (taken.length < 3 && Date.now() < at + 10_000) {
      taken.push(...(await worker.take("d", 3)).parcels.map(({ id }) => id));
      await sleep(50);
    }
    expect(taken.sort()).toEqual(["1", "2", "3"]);
    await server?.start();
  });
});

async function leaderOf(servers: string[], stream: string): Promise<string | undefined> {
  const connection = await connect({ servers });
  const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
  await connection.close();
  return cluster?.leader;
}
