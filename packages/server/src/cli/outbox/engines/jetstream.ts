import type { JetstreamOutboxOptions } from "../../../jetstream/index.js";
import { createNames } from "../../../jetstream/names.js";
import type { Engine } from "./engine.js";
import { readJetStreamAddress } from "./jetstream-address.js";

/** At addresses of NATS. */
export const jetstream: Engine = {
  needs: "@nats-io/jetstream @nats-io/kv @nats-io/transport-node",
  async open(location, mayBeNew) {
    const { replicas, ...options } = readJetStreamAddress(location);
    const isThere = await isOutbox(options);
    if (!isThere && !mayBeNew) return undefined;
    const { jetstreamOutbox } = await import("../../../jetstream/index.js");
    // What is there keeps what its trackers made of it.
    return jetstreamOutbox(isThere ? options : { ...options, replicas });
  },
};

async function isOutbox({ connection, prefix = "beaconry" }: JetstreamOutboxOptions): Promise<boolean> {
  const [{ connect }, { jetstreamManager }] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
  ]);
  const opened = await connect({ ...connection, reconnect: false });
  try {
    const { streams } = await jetstreamManager(opened);
    const { streams: wanted } = createNames(prefix);
    for await (const { config } of streams.list()) if (config.name === wanted.new) return true;
    return false;
  } finally {
    await opened.close();
  }
}
