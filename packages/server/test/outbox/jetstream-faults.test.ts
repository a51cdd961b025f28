import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import type { Outbox } from "../../src/index.js";
import { soon, takeUntil, unlessAway } from "./jetstream-taking.js";
import { describeNats, type Nats } from "./nats.js";
import { parcel } from "./parcel.js";

/** Takes and settles until nothing is left, while servers come and go; gives the ids. */
async function drain(outbox: Outbox): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const parcels = (await unlessAway(outbox.take("d", 1_000)))?.parcels ?? [];
    await unlessAway(outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" }))));
    ids.push(...parcels.map(({ id }) => id));
    if (parcels.length > 0) continue;
    if ((await unlessAway(outbox.waiting())) === 0) return ids;
    await sleep(50);
  }
}

/** The server that leads a stream, or a consumer of it; waits until one does. */
async function leaderOf({ urls, servers }: Nats, stream: string, consumer?: string) {
  const connection = await connect({ servers: urls });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const info = () => (consumer ? manager.consumers.info(stream, consumer) : manager.streams.info(stream));
  try {
    for (;;) {
      const leader = (await info().catch(() => undefined))?.cluster?.leader;
      const server = servers.find(({ name }) => name === leader);
      if (server) return server;
      await sleep(100);
    }
  } finally {
    await connection.close();
  }
}

/** A line to a server, on which nothing arrives any more once it stalls: both ends believe that the other is there. */
async function startLine(server: string) {
  const { port } = new URL(server);
  const sockets: Socket[] = [];
  const line = createServer((socket) => {
    const onward = createConnection(Number(port), "127.0.0.1");
    sockets.push(socket, onward);
    for (const end of [socket, onward]) end.on("error", () => end.destroy());
    socket.pipe(onward).pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(line, "listening");
  return {
    url: `127.0.0.1:${(line.address() as AddressInfo).port}`,
    stall() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      line.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describeNats("jetstreamOutbox without its server", { servers: 1, stopsServers: true }, (nats) => {
  it("rejects within its time limit, keeps what it had, and goes on when the server is back", {
    timeout: 120_000,
  }, async () => {
    const outbox = nats.open({ timeout: 2_000, lease: 3_000 });
    const [server] = nats.servers;
    await outbox.add([parcel("1"), parcel("2"), parcel("3")]);
    const [first, second] = await takeUntil(outbox, 3);
    await server?.kill();

    const start = performance.now();
    const batch = (number: number) => Array.from({ length: 500 }, (_, index) => parcel(`lost ${number} ${index}`));
    const results = await Promise.allSettled([
      ...Array.from({ length: 40 }, (_, number) => outbox.add(batch(number))),
      outbox.take("d", 1),
      outbox.settle([{ key: second?.key ?? "", outcome: "retry", at: Date.now(), counted: true }]),
      outbox.waiting(),
    ]);
    // One batch after the other would take 80 seconds.
    expect(performance.now() - start).toBeLessThan(40_000);
    const failed = expect.objectContaining({ code: "outbox_failed" });
    for (const result of results) expect(result).toEqual({ status: "rejected", reason: failed });
    // What it is about is known here, and settled for good when the server is back.
    await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);

    await server?.start();
    while ((await unlessAway(outbox.add([parcel("4")]))) === undefined);
    const ids = (await drain(outbox)).filter((id) => !id.startsWith("lost"));
    // The second went back after all, or came back, or both.
    expect([...new Set(ids)].sort()).toEqual(["2", "3", "4"]);
  });

  it("closes within its time limit when nobody answers any more", { timeout: 60_000 }, async () => {
    const line = await startLine(nats.urls[0] ?? "");
    const outbox = nats.open({ connection: { servers: line.url, pingInterval: 120_000 }, timeout: 2_000 });
    await outbox.add([parcel("1"), parcel("2")]);
    const [first] = await takeUntil(outbox, 2);
    line.stall();
    await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);
    const adding = outbox.add([parcel("3")]).catch(({ code }) => code);
    await outbox.close();
    expect(["outbox_failed", "closed"]).toContain(await adding);
    line.close();
  });
});

describeNats("jetstreamOutbox on a cluster that loses servers", { servers: 3, stopsServers: true }, (nats) => {
  it("has every acknowledged event when the leader is killed while it adds", { timeout: 180_000 }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, lease: 5_000, timeout: 6_000 });
    const worker = nats.open({ prefix, lease: 5_000, timeout: 6_000 });
    const acknowledged = new Set<string>();
    let isOver = false;
    const adding = Promise.all(
      Array.from({ length: 10 }, async (_, caller) => {
        for (let number = 0; !isOver; number++) {
          const ids = [0, 1, 2].map((part) => `${caller}-${number}-${part}`);
          const outcomes = await unlessAway(outbox.add(ids.map((id) => parcel(id))));
          for (const index of outcomes?.keys() ?? []) acknowledged.add(ids[index] ?? "");
          await sleep(5);
        }
      }),
    );
    const addMore = async () => {
      for (const enough = acknowledged.size + 200; acknowledged.size < enough; ) await sleep(50);
    };
    await addMore();
    for (let round = 0; round < 2; round++) {
      const leader = await leaderOf(nats, `${prefix}_new`);
      await leader.kill();
      await addMore();
      await leader.start();
    }
    isOver = true;
    await adding;
    const taken = new Set(await drain(worker));
    expect([...acknowledged].filter((id) => !taken.has(id))).toEqual([]);
  });

  it("gives put-off parcels at their times though the consumer's leader is killed", { timeout: 180_000 }, async () => {
    const prefix = nats.prefix();
    const outbox = nats.open({ prefix, lease: 3_000 });
    const worker = nats.open({ prefix, lease: 3_000, timeout: 3_000 });
    await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
    const taken = await takeUntil(outbox, 3);
    const at = Date.now() + 9_000;
    await outbox.settle(taken.map(({ key }) => ({ key, outcome: "retry", at, counted: true })));
    // The message in which they were is gone, or it would come again.
    await expect.poll(() => worker.waiting(), soon).toBe(3);
    // Takes the new one, and gives it back until its time.
    await unlessAway(worker.take("d", 3));
    const leader = await leaderOf(nats, `${prefix}_later`, "d");
    await leader.kill();
    const given: { id: string; isEarly: boolean }[] = [];
    while (given.length < 3) {
      // Nobody answers while another leader is elected.
      const parcels = (await unlessAway(worker.take("d", 3)))?.parcels ?? [];
      given.push(...parcels.map(({ id }) => ({ id, isEarly: Date.now() < at })));
      await sleep(50);
    }
    expect(given.sort((a, b) => a.id.localeCompare(b.id))).toEqual(
      ["1", "2", "3"].map((id) => ({ id, isEarly: false })),
    );
    await leader.start();
  });
});
