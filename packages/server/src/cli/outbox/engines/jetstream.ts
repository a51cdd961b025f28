import type { JetStreamManager } from "@nats-io/jetstream";
import type { JetstreamOutboxOptions } from "../../../jetstream/index.js";
import { createNames, type Names } from "../../../jetstream/names.js";
import type { Engine } from "./engine.js";
import { readJetStreamAddress } from "./jetstream-address.js";

/** Up to here the servers' window is the outbox's own, ms. */
const longestWindow = 120_000;

/** At addresses of NATS. */
export const jetstream: Engine = {
  needs: "@nats-io/jetstream @nats-io/kv @nats-io/transport-node",
  async open(location, mayBeNew) {
    const options = readJetStreamAddress(location);
    const found = await findSettings(options);
    if (!found && !mayBeNew) return undefined;
    const { jetstreamOutbox } = await import("../../../jetstream/index.js");
    return jetstreamOutbox({ ...options, ...found });
  },
};

type FoundSettings = Omit<JetstreamOutboxOptions, "connection" | "prefix">;

/**
 * The settings of an outbox that is there; `undefined` when there is none. An outbox brings its streams to its options,
 * so that it must be given what they have already.
 */
async function findSettings({ connection, prefix = "beaconry" }: JetstreamOutboxOptions) {
  const [{ connect }, { jetstreamManager }] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
  ]);
  const opened = await connect({ ...connection, reconnect: false });
  try {
    return await readSettings(await jetstreamManager(opened), createNames(prefix));
  } finally {
    await opened.close();
  }
}

async function readSettings(manager: JetStreamManager, names: Names): Promise<FoundSettings | undefined> {
  const configs = new Map<string, Awaited<ReturnType<JetStreamManager["streams"]["info"]>>["config"]>();
  for await (const { config } of manager.streams.list()) configs.set(config.name, config);
  const [fresh, dead] = [configs.get(names.streams.new), configs.get(names.streams.dead)];
  if (!fresh || !dead) return undefined;
  const window = fresh.duplicate_window / 1_000_000;
  return {
    replicas: fresh.num_replicas as FoundSettings["replicas"],
    maxBytes: fresh.max_bytes,
    maxDeadLetters: dead.max_msgs,
    maxOnce: configs.get(`KV_${names.buckets.once}`)?.max_msgs,
    ...(window < longestWindow && { deduplicationWindow: window }),
    lease: await readLease(manager, fresh.name),
  };
}

/** Of the consumers, which are all made alike; `undefined` before there is one. */
async function readLease(manager: JetStreamManager, stream: string): Promise<number | undefined> {
  for await (const { config } of manager.consumers.list(stream)) return Number(config.ack_wait) / 1_000_000;
  return undefined;
}
