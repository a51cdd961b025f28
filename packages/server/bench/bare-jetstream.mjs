import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

/** Parcels of a message, as the outbox packs them. */
const packed = 250;
const publishing = 4;

/**
 * The least that keeps parcels in JetStream and gives them back, packed alike: JSON, and one message for what came while
 * the last ones were on their way. It recognises no duplicate, counts nothing, and settles whole messages.
 */
export async function bareJetstream({ servers, prefix, replicas }) {
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection);
  const client = jetstream(connection);
  await manager.streams.add({
    name: prefix,
    subjects: [`${prefix}.>`],
    retention: "workqueue",
    discard: "new",
    num_replicas: replicas,
    max_bytes: 4_000_000_000,
  });
  await manager.consumers.add(prefix, {
    durable_name: "worker",
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 500_000,
  });
  const consumer = await client.consumers.get(prefix, "worker");
  const pending = [];
  let underWay = 0;
  let scheduled = false;

  function schedule() {
    if (scheduled || underWay >= publishing || pending.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void publish();
      schedule();
    });
  }

  async function publish() {
    const group = [];
    let count = 0;
    while (pending.length > 0 && (count === 0 || count + pending[0].parcels.length <= packed)) {
      const one = pending.shift();
      group.push(one);
      count += one.parcels.length;
    }
    underWay++;
    await client.publish(`${prefix}.d`, JSON.stringify(group.flatMap(({ parcels }) => parcels)));
    underWay--;
    for (const { resolve } of group) resolve();
    schedule();
  }

  return {
    add(parcels) {
      return new Promise((resolve) => {
        pending.push({ parcels, resolve });
        schedule();
      });
    },
    /** Takes so many parcels and settles them. */
    async deliver(count) {
      let left = count;
      const messages = await consumer.consume({ max_messages: 40 });
      for await (const message of messages) {
        left -= message.json().length;
        message.ack();
        if (left <= 0) break;
      }
    },
    close: () => connection.drain(),
  };
}
