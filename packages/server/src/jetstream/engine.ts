import { setTimeout as sleep } from "node:timers/promises";
import { BeaconryError } from "@beaconry/core";
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Connecting, createConnection } from "./connection.js";
import { isApiError, isFinal, toFault } from "./fault.js";
import type { BucketName, Names, WaitingStream } from "./names.js";
import { createPuller, type Puller } from "./pull.js";
import {
  consumerOf,
  ensureConsumer,
  ensureStream,
  type StreamSettings,
  streamDefaults,
  streamsOf,
  type WantedSettings,
} from "./streams.js";

/** A connection of which the streams are as they must be. */
export interface Session {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly buckets: Readonly<Record<BucketName, KV>>;
  readonly puller: Puller;
  /** Consumers that were looked at, by stream and destination. */
  readonly consumers: Map<string, KnownConsumer>;
}

interface KnownConsumer {
  /** How long its leases are, ms. */
  lease: Promise<number>;
  /** Steady clock, ms. */
  lookedAt: number;
}

/** What became of a message that was published. */
export interface Published {
  readonly sequence: number;
  /** The servers had it under this id already, from another call. */
  readonly isDuplicate: boolean;
}

/** Asks JetStream, again and again where that can help, for as long as it may take. */
export interface Engine {
  /**
   * Does something with a session. Where the servers do not answer it is done again: it has to be harmless twice.
   * Rejects with `outbox_full` or `outbox_failed`, after the time limit at the latest.
   * @param what it is, for the error's words
   */
  run<Result>(what: string, work: (session: Session) => Promise<Result>): Promise<Result>;
  /** Publishes a message and waits until the stream has it: on most of its replicas, where it has several. */
  publish(subject: string, data: string, id: string): Promise<Published>;
  /** Takes a message out of a stream, if it is there. */
  deleteMessage(stream: string, sequence: number): Promise<void>;
  /** The largest message that the servers take, bytes; before there is a connection, what they take by default. */
  readonly maxPayload: number;
  /** Makes the consumer of a destination where it is missing; gives how long its leases are, ms. */
  ensureConsumer(session: Session, stream: WaitingStream, destination: string): Promise<number>;
  /** Calls the listener with each new connection, once its streams are there. */
  onSession(listener: (session: Session) => void): void;
  close(): Promise<void>;
}

/** What an {@link Engine} works with. */
export interface EngineParts {
  readonly connecting: Connecting;
  readonly names: Names;
  /** What was said of the streams; they are brought to it once, when there is a connection. */
  readonly settings: Partial<StreamSettings>;
  /** How long anything may take, ms. */
  readonly timeout: number;
}

/**
 * How long a stream may take to say how it is, or to change, ms, before it is asked again: what is asked while its leader
 * is being elected nobody answers, and work that was begun is found done.
 */
const askAgain = 1_000;
/** Wait before the next try, ms, doubling up to the longest. */
const firstWait = 50;
const longestWait = 250;
/** Consumers are looked at again after so long, ms: another process may have changed their leases. */
const consumerKnown = 5_000;

/** Connects at once, in the background. */
export function createEngine({ connecting, names, settings, timeout }: EngineParts): Engine {
  const connection = createConnection(connecting);
  const listeners: ((session: Session) => void)[] = [];
  /** Leaves time for a second try, and for a third. */
  const patience = Math.max(Math.ceil(timeout / 3), 1);
  let open: Promise<Session> | undefined;
  let openOn: NatsConnection | undefined;
  let last: Session | undefined;
  let isClosed = false;
  /** Streams and consumers that were brought to the settings: who comes later may have said something else. */
  const broughtToSettings = new Set<string>();
  const made = { ...streamDefaults, ...settings };
  const wantedOf = (key: string): WantedSettings => ({ made, found: broughtToSettings.has(key) ? {} : settings });

  async function prepare(current: NatsConnection): Promise<Session> {
    const manager = await jetstreamManager(current, { checkAPI: false, timeout: Math.min(patience, askAgain) });
    await Promise.all(streamsOf(names, wantedOf("streams")).map((wanted) => ensureStream(manager, wanted)));
    broughtToSettings.add("streams");
    if (last?.connection === current) {
      last.consumers.clear();
      return last;
    }
    const client = jetstream(current, { timeout: patience });
    const buckets = new Kvm(client);
    const [once, shared] = await Promise.all([buckets.open(names.buckets.once), buckets.open(names.buckets.shared)]);
    const puller = createPuller(current);
    const session = { connection: current, client, manager, buckets: { once, shared }, puller, consumers: new Map() };
    last = session;
    for (const listener of listeners) listener(session);
    return session;
  }

  function sessionOf(current: NatsConnection): Promise<Session> {
    if (open && openOn === current) return open;
    const opening = prepare(current);
    [open, openOn] = [opening, current];
    opening.catch(() => {
      if (open === opening) open = undefined;
    });
    return opening;
  }

  async function run<Result>(what: string, work: (session: Session) => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const deadline = start + timeout;
    for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
      if (isClosed) throw new BeaconryError("closed", "the outbox is closed");
      let used: Promise<Session> | undefined;
      try {
        const current = await connection.up(deadline);
        used = sessionOf(current);
        return await work(await used);
      } catch (error) {
        // Nobody answers for a stream of which a leader is being elected, nor for one that is gone. Where it lasts all of
        // them are looked at again.
        const isDoubtful = isApiError(error, "streamNotFound") || performance.now() - start > patience;
        if (used === open && isDoubtful) open = undefined;
        if (isFinal(error) || performance.now() + wait > deadline) throw toFault(error, what);
        await sleep(wait, undefined, { ref: false });
      }
    }
  }

  async function lookAtConsumer(
    manager: JetStreamManager,
    stream: WaitingStream,
    destination: string,
  ): Promise<number> {
    const key = `${stream} ${destination}`;
    const wanted = consumerOf(names, wantedOf(key), stream, destination);
    const lease = await ensureConsumer(manager, names.streams[stream], wanted);
    broughtToSettings.add(key);
    return lease;
  }

  async function publish(subject: string, data: string, id: string): Promise<Published> {
    let tries = 0;
    return run("publishing", async ({ client }) => {
      const isAgain = tries++ > 0;
      const { seq, duplicate } = await client.publish(subject, data, { msgID: id, timeout: patience });
      // The same message is on its way through the cluster: nobody knows yet whether it arrives.
      if (duplicate && !(seq > 0)) throw new Error("the message is being kept still");
      return { sequence: seq, isDuplicate: duplicate && !isAgain };
    });
  }

  return {
    run,
    publish,
    deleteMessage: (stream, sequence) =>
      run(`deleting from ${stream}`, async ({ manager }) => {
        await manager.streams.deleteMessage(stream, sequence, false).catch(unlessGone);
      }),
    get maxPayload() {
      return last?.connection.info?.max_payload ?? 1_048_576;
    },
    ensureConsumer({ manager, consumers }, stream, destination) {
      const key = `${stream} ${destination}`;
      const known = consumers.get(key);
      if (!known) {
        const lease = lookAtConsumer(manager, stream, destination);
        consumers.set(key, { lease, lookedAt: performance.now() });
        lease.catch(() => consumers.delete(key));
        return lease;
      }
      if (performance.now() - known.lookedAt > consumerKnown) {
        known.lookedAt = performance.now();
        // In the background: what is known is good enough meanwhile.
        const setLease = (lease: number) => {
          known.lease = Promise.resolve(lease);
        };
        lookAtConsumer(manager, stream, destination).then(setLease, () => undefined);
      }
      return known.lease;
    },
    onSession: (listener) => void listeners.push(listener),
    async close() {
      isClosed = true;
      last?.puller.close();
      await connection.close(timeout);
    },
  };
}

/** The server's words for a message that is not there: it has no code of its own for them. */
function unlessGone(error: Error): void {
  if (!/not found|no message/i.test(error.message)) throw error;
}
