import { setTimeout as sleep } from "node:timers/promises";
import { BeaconryError } from "@beaconry/core";
import { connect, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import { wordsOf } from "./fault.js";

/** How to reach the servers: what `connect` of @nats-io/transport-node takes, or a connection that is open already. */
export type Connecting = NodeConnectionOptions | NatsConnection;

/** A connection that comes back for ever. */
export interface Connection {
  /**
   * The connection, when it is there and up. Rejects with `outbox_failed` when it is not at the deadline, a time of the
   * steady clock.
   */
  up(deadline: number): Promise<NatsConnection>;
  /** @param timeout how long what was written last may take to get out, ms */
  close(timeout: number): Promise<void>;
}

/** Pause before the next attempt to connect, ms. */
const pause = 500;

const defaults = {
  timeout: 5_000,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  // A machine that is gone without a word is noticed after ten to fifteen seconds.
  pingInterval: 5_000,
  maxPingOut: 2,
  // Costs a stack trace for each request.
  noAsyncTraces: true,
};

/** Connects at once, in the background. */
export function createConnection(connecting: Connecting): Connection {
  const ending = new AbortController();
  const { signal } = ending;
  const waiters = new Set<() => void>();
  let current: NatsConnection | undefined;
  let isUp = false;
  let lastError = "no answer yet";

  function set(up: boolean): void {
    isUp = up;
    if (!up) return;
    for (const resolve of waiters) resolve();
    waiters.clear();
  }

  /** Until it is closed. */
  async function follow(connection: NatsConnection): Promise<void> {
    current = connection;
    set(true);
    for await (const { type, ...more } of connection.status()) {
      if (type === "disconnect") set(false);
      if (type === "reconnect") set(true);
      if (type === "error" && "error" in more) lastError = wordsOf(more.error);
    }
    set(false);
    const error = await connection.closed();
    lastError = error ? wordsOf(error) : "the connection was closed";
  }

  async function stayConnected(options: NodeConnectionOptions): Promise<void> {
    while (!signal.aborted) {
      try {
        const connection = await connect({ ...defaults, ...options, reconnect: true, maxReconnectAttempts: -1 });
        if (signal.aborted) await connection.close();
        else await follow(connection);
      } catch (error) {
        lastError = wordsOf(error);
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const isGiven = isConnection(connecting);
  void (isGiven ? follow(connecting) : stayConnected(connecting));

  return {
    async up(deadline) {
      while (!current || !isUp) {
        const left = deadline - performance.now();
        if (left <= 0 || signal.aborted)
          throw new BeaconryError("outbox_failed", `no connection to NATS: ${lastError}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        waiters.add(resolve);
        const timer = setTimeout(resolve, left);
        await promise;
        clearTimeout(timer);
        waiters.delete(resolve);
      }
      return current;
    },
    async close(timeout) {
      const wasUp = isUp;
      ending.abort();
      set(true);
      // The caller's own stays open: others may use it.
      if (!current || isGiven) return;
      const drained = wasUp ? current.drain() : undefined;
      await Promise.race([drained, sleep(timeout, undefined, { ref: false })]).catch(() => undefined);
      await current.close().catch(() => undefined);
    },
  };
}

/** Whether these are no options, but what `connect` gives. */
function isConnection(connecting: Connecting): connecting is NatsConnection {
  return "jetstream" in connecting || typeof (connecting as NatsConnection).isClosed === "function";
}
