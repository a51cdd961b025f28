import { setTimeout as sleep } from "node:timers/promises";
import { BeaconryError } from "@beaconry/core";
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { isApiError, wordsOf } from "./fault.js";
import { type Names, toToken, type WaitingStream } from "./names.js";

/** What streams and consumers are made with. */
export interface StreamSettings {
  readonly prefix: string;
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxDeadLetters: number;
  readonly maxOnce: number;
  /** ms */
  readonly deduplicationWindow: number;
  /** ms */
  readonly lease: number;
}

type Wanted = Partial<StreamConfig> & { readonly name: string };

/**
 * How long the servers recognise a message that comes again, ms, at most: what was sent without an answer is sent again
 * within seconds, and they keep an entry in memory for each message.
 */
const longestWindow = 120_000;

/**
 * Messages given out and not acknowledged, at most. Those that come back at a time count too: the server keeps about
 * 200 bytes of each in memory, and beyond this the rest waits until some of them are due.
 */
const maxOutstanding = 500_000;

/** Every stream of an outbox, buckets among them. */
export function streamsOf(names: Names, settings: StreamSettings): readonly Wanted[] {
  const { prefix, replicas, maxBytes, maxDeadLetters, maxOnce, deduplicationWindow } = settings;
  const common = {
    storage: StorageType.File,
    num_replicas: replicas,
    duplicate_window: nanos(Math.min(deduplicationWindow, longestWindow)),
  };
  const queue = { ...common, retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New };
  const list = { ...common, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };
  const bucket = (name: string) => ({
    ...list,
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: true,
    // Reads go to the leader: a replica may not know yet what was just kept.
    allow_direct: false,
  });
  return [
    { ...queue, name: names.streams.new, subjects: [`${prefix}.new.*.*`], max_bytes: maxBytes },
    // Without a limit: what comes back was let in before, and must find room.
    { ...queue, name: names.streams.later, subjects: [`${prefix}.later.*.*`] },
    { ...list, name: names.streams.dead, subjects: [`${prefix}.dead.*.*`], max_msgs: maxDeadLetters },
    { ...bucket(names.buckets.once), max_msgs: maxOnce },
    bucket(names.buckets.shared),
  ];
}

/** Looks at a stream that another process makes at the same time. */
const mostAttempts = 5;

/** Makes the stream, or brings it to what is wanted. Several processes may do so at the same time. */
export async function ensureStream(manager: JetStreamManager, wanted: Wanted, attempt = 1): Promise<void> {
  const { name } = wanted;
  const config = await configOf(() => manager.streams.info(name), "streamNotFound");
  try {
    if (!config) await manager.streams.add(wanted);
    else if (differ(wanted, config)) await manager.streams.update(name, wanted);
  } catch (error) {
    // Another process was quicker, or is about to be: the next look finds the stream, and brings it to what is wanted.
    const isTaken = isApiError(error, "nameInUse") || isApiError(error, "subjectsOverlap");
    if (isTaken && attempt < mostAttempts) {
      await sleep(50 * attempt);
      return ensureStream(manager, wanted, attempt + 1);
    }
    const what = config ? `differs from the options (${differences(wanted, config)}) and` : "does not exist and";
    throw new BeaconryError("outbox_failed", `JetStream: the stream ${name} ${what} can not be set: ${wordsOf(error)}`);
  }
}

/** Makes the consumer of a destination, or brings it to what is wanted. */
export async function ensureConsumer(
  manager: JetStreamManager,
  names: Names,
  { prefix, lease }: StreamSettings,
  stream: WaitingStream,
  destination: string,
): Promise<void> {
  const durable = toToken(destination);
  const wanted = {
    durable_name: durable,
    filter_subject: `${prefix}.${stream}.${durable}.*`,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(lease),
    max_ack_pending: maxOutstanding,
  } satisfies Partial<ConsumerConfig>;
  const config = await configOf(() => manager.consumers.info(names.streams[stream], durable), "consumerNotFound");
  if (!config) await manager.consumers.add(names.streams[stream], wanted);
  else if (differ(wanted, config)) await manager.consumers.update(names.streams[stream], durable, wanted);
}

async function configOf<Config>(
  info: () => Promise<{ config: Config }>,
  missing: "streamNotFound" | "consumerNotFound",
): Promise<Config | undefined> {
  try {
    return (await info()).config;
  } catch (error) {
    if (isApiError(error, missing)) return undefined;
    throw error;
  }
}

function differ(wanted: object, config: object): boolean {
  return differences(wanted, config) !== "";
}

/** Names of what is not as it is wanted. */
function differences(wanted: object, config: object): string {
  const is = config as Readonly<Record<string, unknown>>;
  return Object.entries(wanted)
    .filter(([name, value]) => JSON.stringify(is[name] ?? false) !== JSON.stringify(value))
    .map(([name]) => name)
    .join(", ");
}
