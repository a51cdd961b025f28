import { resolve } from "node:path";
import { BeaconryError } from "@beaconry/core";
import { aFunction, checkOptions, type Rule, required, someText, wholeFrom } from "@beaconry/core/internal";
import { type AddedParcel, toAdded } from "../outbox/added-parcel.js";
import { createGroupCommit } from "../outbox/group-commit.js";
import type { MovableOutbox, WaitingParcel } from "../outbox/movable-outbox.js";
import { refuseTransaction } from "../outbox/no-transaction.js";
import type {
  AddOptions,
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  Parcel,
  Settlement,
  Taken,
} from "../outbox/outbox.js";
import { readOutcome, toGroup } from "./add-group.js";
import type { LetterRange, StoreSettings } from "./protocol.js";
import { keepStoreThread, type StoreThread } from "./store-thread.js";

/** Options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /** The file; made if there is none, readable by its owner only. Its folder must exist, on a disk of this machine. */
  path: string;
  /** Most parcels that wait; one more is refused with `outbox_full`. Default 5,000,000. */
  maxParcels?: number;
  /** Most dead letters kept; the oldest fall away. Default 10,000. */
  maxDeadLetters?: number;
  /** Most parcels with a `once` that are remembered; the oldest fall away. Default 10,000,000. */
  maxOnce?: number;
  /** How large the file may grow by adding, bytes; beyond, parcels are refused with `outbox_full`. Default 10 GB. */
  maxBytes?: number;
  /** How long the same destination, name and id is recognised, ms. Default one hour. Each takes 20 bytes of memory. */
  deduplicationWindow?: number;
  /** How long a taken parcel stays away without being settled, ms. Default five minutes. */
  lease?: number;
  /** The clock, ms. Default `Date.now`. */
  now?: () => number;
}

const count = wholeFrom(1);

const rules = {
  path: required(someText),
  maxParcels: count,
  maxDeadLetters: count,
  maxOnce: count,
  maxBytes: count,
  deduplicationWindow: count,
  lease: count,
  now: aFunction,
} satisfies Record<keyof SqliteOutboxOptions, Rule>;

/** As good as for ever, ms: a time with this added is still a number that SQLite gives back. */
const endless = 1_000 * 365 * 86_400_000;

/**
 * Keeps parcels in a SQLite file: what `add` has resolved for is on the disk. Several processes may share the file.
 * A thread of its own writes, and puts what is added at the same time into one commit. Throws `invalid_option`, or
 * `outbox_failed` when the file can not be used.
 */
export function sqliteOutbox(options: SqliteOutboxOptions): MovableOutbox {
  const { settings, now } = readOptions(options);
  const thread = keepStoreThread("outbox", settings, now);
  let closed: Promise<void> | undefined;

  const ask: StoreThread<"outbox">["ask"] = async (name, ...args) => {
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
    return thread.ask(name, ...args);
  };
  const commits = createGroupCommit<AddedParcel>(async (calls) => {
    const group = toGroup(calls);
    return readOutcome(group, await thread.ask("add", group, now()));
  });

  async function add(parcels: readonly Parcel[], options?: AddOptions): Promise<readonly ("added" | "duplicate")[]> {
    refuseTransaction("sqliteOutbox", options);
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
    return commits.add(parcels);
  }

  async function adopt(parcels: readonly WaitingParcel[]): Promise<readonly ("added" | "duplicate")[]> {
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
    return commits.add(parcels.map(toAdded));
  }

  async function deadLetters({ after = "0", limit = Number.POSITIVE_INFINITY, ...filter }: DeadLetterPage = {}) {
    const letters: DeadLetter[] = [];
    let last = Number(after);
    while (letters.length < limit) {
      const step = await ask("deadLetters", filter, last, Math.min(limit - letters.length, Number.MAX_SAFE_INTEGER));
      if (step.length === 0) break;
      letters.push(...step);
      last = Number(step.at(-1)?.key);
    }
    return letters;
  }

  async function replay(filter: DeadLetterFilter = {}): Promise<number> {
    let replayed = 0;
    let left: LetterRange | undefined = { after: 0 };
    while (left) {
      const step: { count: number; left?: LetterRange } = await ask("replay", filter, left, now());
      replayed += step.count;
      left = step.left;
    }
    return replayed;
  }

  async function purge(filter: DeadLetterFilter = {}): Promise<number> {
    let purged = 0;
    for (let step = -1; step !== 0; purged += step) step = await ask("purge", filter);
    return purged;
  }

  async function shutDown(): Promise<void> {
    await commits.drained();
    // A thread that has died needs no closing.
    if (thread.isAlive) await thread.ask("close");
  }

  return {
    add,
    take: (destination: string, most: number): Promise<Taken> => ask("take", destination, most, now()),
    settle: (settlements: readonly Settlement[]): Promise<void> => ask("settle", settlements, now()),
    waiting: (destination) => ask("waiting", destination),
    oldest: (destination) => ask("oldest", destination),
    deadLetters,
    replay,
    purge,
    destinations: () => ask("destinations"),
    takeAll: (destination, most) => ask("takeAll", destination, most, now()),
    adopt,
    adoptDeadLetters: (letters) => ask("adoptDeadLetters", letters),
    dropDeadLetters: (upTo) => ask("dropDeadLetters", Number(upTo)),
    onceKeys: ({ after = "0", limit }) => ask("onceKeys", Number(after), limit),
    adoptOnceKeys: (keys) => ask("adoptOnceKeys", keys),
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}

function readOptions(options: SqliteOutboxOptions): { settings: StoreSettings; now: () => number } {
  checkOptions("sqliteOutbox", options, rules);
  if (options.path === ":memory:") {
    throw new BeaconryError("invalid_option", "sqliteOutbox: path is no file; to keep parcels in memory: memoryOutbox");
  }
  return {
    settings: {
      // Absolute, so that SQLite never takes it for a URL.
      path: resolve(options.path),
      maxParcels: options.maxParcels ?? 5_000_000,
      maxDeadLetters: options.maxDeadLetters ?? 10_000,
      maxOnce: options.maxOnce ?? 10_000_000,
      maxBytes: options.maxBytes ?? 10_000_000_000,
      deduplicationWindow: Math.min(options.deduplicationWindow ?? 3_600_000, endless),
      lease: Math.min(options.lease ?? 300_000, endless),
    },
    now: options.now ?? Date.now,
  };
}
