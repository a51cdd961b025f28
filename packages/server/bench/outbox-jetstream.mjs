// Parcels a second into JetStream and out again: jetstreamOutbox beside the bare client with the same packing, in turns,
// on one server and on a cluster of three. Prints medians of the rounds, and their ratio.
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { launchNats } from "../../../scripts/launch-nats.mjs";
import { jetstreamOutbox } from "../dist/jetstream.js";
import { bareJetstream } from "./bare-jetstream.mjs";
import { median, perSecond } from "./figures.mjs";
import { makeParcels } from "./parcels.mjs";

const rounds = Number(process.argv[2] ?? 7);
const seconds = 1;
const destination = "metaConversions";
/** Calls of `add` that wait at the same time, and parcels in each. */
const loads = [
  { calls: 1_000, parcels: 1 },
  { calls: 100, parcels: 10 },
  { calls: 40, parcels: 100 },
];
/** Parcels that wait to be taken; parcels that each of so many deliveries takes at once. */
const waiting = 100_000;
const deliveries = 4;
const batch = 1_000;

const contenders = { bare: bareJetstream, outbox: openOutbox };

function openOutbox({ servers, prefix, replicas }) {
  const outbox = jetstreamOutbox({ connection: { servers }, prefix, replicas, maxBytes: 4_000_000_000 });
  return {
    add: (parcels) => outbox.add(parcels),
    async deliver(count) {
      let left = count;
      await Promise.all(
        Array.from({ length: deliveries }, async () => {
          while (left > 0) {
            const wanted = Math.min(batch, left);
            left -= wanted;
            const { parcels } = await outbox.take(destination, wanted);
            left += wanted - parcels.length;
            await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
          }
        }),
      );
    },
    close: () => outbox.close(),
  };
}

for (const servers of [1, 3]) {
  const nats = await launchNats({ servers });
  try {
    console.log(
      `\nParcels a second with ${servers === 1 ? "one server" : "three, and three replicas"}, median of ${rounds} rounds`,
    );
    console.log(
      `${"".padEnd(28)} ${"bare client".padStart(14)} ${"jetstreamOutbox".padStart(16)} ${"ratio".padStart(7)}`,
    );
    for (const load of loads) {
      await compare(`in, ${load.calls} calls x ${load.parcels}`, nats, servers, (outbox) => measureIn(outbox, load));
    }
    await compare(`out, ${deliveries} x ${batch}`, nats, servers, measureOut);
  } finally {
    await nats.close();
  }
}

async function compare(name, nats, replicas, measure) {
  const rates = { bare: [], outbox: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [contender, open] of Object.entries(contenders)) {
      const prefix = `${contender}-${crypto.randomUUID().slice(0, 8)}`;
      const outbox = await open({ servers: nats.urls, prefix, replicas });
      await outbox.add(makeParcels(1));
      rates[contender].push(await measure(outbox));
      await outbox.close();
      await removeStreams(nats.urls);
    }
  }
  const [bare, outbox] = [median(rates.bare), median(rates.outbox)];
  const figures = [
    perSecond(bare).padStart(14),
    perSecond(outbox).padStart(16),
    (outbox / bare).toFixed(2).padStart(7),
  ];
  console.log(`${name.padEnd(28)} ${figures.join(" ")}`);
}

/** So that one round leaves nothing for the next. */
async function removeStreams(servers) {
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection);
  for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
  await connection.close();
}

/** Callers that each add, wait until it is kept, and add again. */
async function measureIn(outbox, { calls, parcels }) {
  let kept = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: calls }, async () => {
      while (performance.now() < end) {
        await outbox.add(makeParcels(parcels));
        kept += parcels;
      }
    }),
  );
  return kept / ((performance.now() - start) / 1_000);
}

/** From the first parcel taken to the last one settled. */
async function measureOut(outbox) {
  // What was added before the start: that makes the consumer.
  await outbox.deliver(1);
  for (let added = 0; added < waiting; added += 10_000) {
    await Promise.all(Array.from({ length: 40 }, () => outbox.add(makeParcels(250))));
  }
  const start = performance.now();
  await outbox.deliver(waiting);
  return waiting / ((performance.now() - start) / 1_000);
}
