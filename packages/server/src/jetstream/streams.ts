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
import { isApiError, isRefusal, wordsOf } from "./fault.js";
import { type Names, toToken, type WaitingStream } from "./names.js";

/** What streams and consumers are made with. */
export interface StreamSettings {
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxDeadLetters: number;
  readonly maxOnce: number;
  /** ms */
  readonly deduplicationWindow: number;
  /** ms */
  readonly lease: number;
}

/** What streams and consumers are made with where nothing is said of it. What is there already keeps what it has. */
export const streamDefaults: StreamSettings = {
  replicas: 3,
  maxBytes: 10_000_000_000,
  maxDeadLetters: 10_000,
  maxOnce: 10_000_000,
  deduplicationWindow: 3_600_000,
  lease: 300_000,
};

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

/** A stream or a consumer, as an outbox wants it: where it has to be made, and where it is found. */
export interface Wanted<Config> {
  readonly made: Config;
  /** What is not said here stays as it is. */
  readonly found: Config;
}

/** The same of settings. */
export interface WantedSettings {
  readonly made: StreamSettings;
  readonly found: Partial<StreamSettings>;
}

type NamedStream = Partial<StreamConfig> & { readonly name: string };

/** Every stream of an outbox, buckets among them. */
export function streamsOf(names: Names, { made, found }: WantedSettings): readonly Wanted<NamedStream>[] {
  const foundConfigs = configsOf(names, found);
  return configsOf(names, made).map((config, at) => ({ made: config, found: foundConfigs[at] ?? config }));
}

function configsOf(names: Names, settings: Partial<StreamSettings>): NamedStream[] {
  const { prefix, streams, buckets } = names;
  const { replicas, maxBytes, maxDeadLetters, maxOnce, deduplicationWindow } = settings;
  const common = {
    storage: StorageType.File,
    num_replicas: replicas,
    duplicate_window: deduplicationWindow && nanos(Math.min(deduplicationWindow, longestWindow)),
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
    { ...queue, name: streams.new, subjects: [`${prefix}.new.*.*`], max_bytes: maxBytes },
    // Without a limit: what comes back was let in before, and must find room.
    { ...queue, name: streams.later, subjects: [`${prefix}.later.*.*`] },
    { ...list, name: streams.dead, subjects: [`${prefix}.dead.*.*`], max_msgs: maxDeadLetters },
    { ...bucket(buckets.once), max_msgs: maxOnce },
    bucket(buckets.shared),
  ].map(defined);
}

/** Looks at a stream that another process makes at the same time. */
const mostAttempts = 5;

/**
 * Makes the stream, or brings it to what is wanted. Several processes may do so at the same time. Rejects with
 * `outbox_failed` where the servers refuse it; with another error where trying again may help.
 */
export async function ensureStream(
  manager: JetStreamManager,
  { made, found }: Wanted<NamedStream>,
  attempt = 1,
): Promise<void> {
  const { name } = made;
  const config = await configOf(() => manager.streams.info(name), "streamNotFound");
  try {
    if (!config) await manager.streams.add(made);
    else if (differ(found, config)) await manager.streams.update(name, found);
  } catch (error) {
    // Another process was quicker, or is about to be: the next look finds the stream, and brings it to what is wanted.
    const isTaken = isApiError(error, "nameInUse") || isApiError(error, "subjectsOverlap");
    if (isTaken && attempt < mostAttempts) {
      await sleep(50 * attempt);
      return ensureStream(manager, { made, found }, attempt + 1);
    }
    const what = config ? `is not as it has to be (${differences(found, config)}) and` : "does not exist and";
    const words = `the stream ${name} ${what} can not be set: ${wordsOf(error)}`;
    throw isRefusal(error) ? new BeaconryError("outbox_failed", `JetStream: ${words}`) : new Error(words);
  }
}

/** The consumer of a destination. */
export function consumerOf(
  { prefix }: Names,
  { made, found }: WantedSettings,
  stream: WaitingStream,
  destination: string,
): Wanted<Partial<ConsumerConfig>> {
  const durable = toToken(destination);
  const toConfig = ({ lease }: Partial<StreamSettings>) =>
    defined({
      durable_name: durable,
      filter_subject: `${prefix}.${stream}.${durable}.*`,
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: lease && nanos(lease),
      max_ack_pending: maxOutstanding,
    });
  return { made: toConfig(made), found: toConfig(found) };
}

/** Makes the consumer, or brings it to what is wanted; gives how long its leases are, ms. */
export async function ensureConsumer(
  { consumers }: JetStreamManager,
  stream: string,
  { made, found }: Wanted<Partial<ConsumerConfig>>,
): Promise<number> {
  const { durable_name: durable = "" } = made;
  const before = await configOf(() => consumers.info(stream, durable), "consumerNotFound");
  if (!before) await consumers.add(stream, made);
  else if (differ(found, before)) await consumers.update(stream, durable, found);
  return Number(found.ack_wait ?? before?.ack_wait ?? made.ack_wait) / 1_000_000;
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

/** Without the members that have no value. */
function defined<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members;
}
