import { setTimeout as sleep } from "node:timers/promises";
import { BeaconryError } from "@beaconry/core";
import { checkOptions, type Rule, required, textLike, wholeFrom } from "@beaconry/core/internal";
import { toAdded } from "../outbox/added-parcel.js";
import type { MovableOutbox } from "../outbox/movable-outbox.js";
import { refuseTransaction } from "../outbox/no-transaction.js";
import { countOf, createCensus } from "./census.js";
import type { Connecting } from "./connection.js";
import { createDeadLetters } from "./dead-letters.js";
import { createDeliveries } from "./deliveries.js";
import { createEngine } from "./engine.js";
import { createIntake } from "./intake.js";
import { adoptDeadLetters, adoptOnceKeys, listDestinations, listOnceKeys } from "./moving.js";
import { createNames } from "./names.js";
import { findOldest } from "./oldest.js";
import { replay } from "./replay.js";
import { createSeen, type Identity, type Place } from "./seen.js";
import { createShared } from "./shared.js";
import { type StreamSettings, streamDefaults } from "./streams.js";
import { createWake } from "./wake.js";

/**
 * Options of {@link jetstreamOutbox}.
 *
 * `replicas`, `maxBytes`, `maxDeadLetters`, `maxOnce`, `deduplicationWindow` and `lease` are kept by the servers, for all
 * processes that share the outbox. Each process sets those that it was given once, when it first connects: the last to
 * start has its way. What it was not given stays as it is; the defaults are for streams that are made now. The other
 * options are each process's own.
 */
export interface JetstreamOutboxOptions {
  /**
   * How to reach the NATS servers: what `connect` of @nats-io/transport-node takes (`servers`, `token`, `authenticator`,
   * `tls`, …), or a connection that is open already, and stays open when the outbox closes. A connection made here comes
   * back for ever.
   */
  connection: Connecting;
  /**
   * Begins the names of its streams and subjects; letters, digits, "-" and "_". Processes that name the same share the
   * outbox. Default `beaconry`.
   */
  prefix?: string;
  /**
   * Copies of everything, each on a server of its own. What `add` has resolved for is on most of them. Default 3; a
   * server that is alone takes only 1.
   */
  replicas?: 1 | 3 | 5;
  /**
   * Most parcels that wait; one more is refused with `outbox_full`. Exact for one process; others' are counted once a
   * second. Default 50,000,000.
   */
  maxParcels?: number;
  /** How large the stream of what was never taken may grow, bytes, on each replica. The servers see to it. Default 10 GB. */
  maxBytes?: number;
  /** Most dead letters kept; the oldest fall away. Default 10,000. */
  maxDeadLetters?: number;
  /** Most parcels with a `once` that are remembered; the oldest fall away. Default 10,000,000. */
  maxOnce?: number;
  /**
   * How long the same destination, name and id is recognised by the process that added it, ms, and by the servers for two
   * minutes of that at most. Default one hour.
   */
  deduplicationWindow?: number;
  /** Most parcels that a process recognises, at about 150 bytes of memory each. Default 1,000,000. */
  maxRecognised?: number;
  /**
   * How long a taken parcel stays away while nothing is settled, ms. Processes that run already go by another's within
   * five seconds, for what they take from then on. Default five minutes.
   */
  lease?: number;
  /**
   * How long the servers may take to answer, ms; an `add`, a `waiting` or a `close` that waits for what was asked before
   * twice as long. Default ten seconds.
   */
  timeout?: number;
}

const count = wholeFrom(1);

const rules = {
  connection: required({
    takes: "options of connect of @nats-io/transport-node, or what it gives",
    fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  }),
  prefix: textLike(/^[\w-]{1,32}$/, 'a text of 1 to 32 letters, digits, "-" and "_"'),
  replicas: { takes: "1, 3 or 5", fits: (value) => value === 1 || value === 3 || value === 5 },
  maxParcels: count,
  maxBytes: count,
  maxDeadLetters: count,
  maxOnce: count,
  // Shorter ones the servers do not take.
  deduplicationWindow: wholeFrom(100),
  maxRecognised: count,
  lease: wholeFrom(100),
  timeout: count,
} satisfies Record<keyof JetstreamOutboxOptions, Rule>;

/**
 * Keeps parcels in NATS JetStream, for any number of collectors and workers on many machines: what `add` has resolved
 * for is stored by most of its replicas. Connects in the background, and makes the streams where they are missing. Throws
 * `invalid_option`.
 *
 * `waiting` and `oldest` are exact for what the same process settles: another's part of a message counts until all of the
 * message is settled, and what went back of it twice.
 *
 * A parcel that one process adds again is recognised as in every outbox. Of what several processes add, the same parcels
 * are recognised only when they come alone and within two minutes; the vendors recognise them by their ids. A parcel's
 * `once` is exact among all processes.
 */
export function jetstreamOutbox(options: JetstreamOutboxOptions): MovableOutbox {
  checkOptions("jetstreamOutbox", options, rules);
  const { maxParcels = 50_000_000, maxRecognised = 1_000_000, timeout = 10_000 } = options;
  const settings = readSettings(options);
  const { lease, deduplicationWindow } = { ...streamDefaults, ...settings };
  const patience = Math.max(Math.ceil(timeout / 3), 1);
  const now = Date.now;
  const names = createNames(options.prefix ?? "beaconry");
  const engine = createEngine({ connecting: options.connection, names, settings, timeout });
  const seen = createSeen(deduplicationWindow, maxRecognised);
  const census = createCensus({
    engine,
    names,
    maxParcels,
    settledOf: () => deliveries.settledOf(),
    acknowledged: () => deliveries.acknowledged(),
  });
  const letters = createDeadLetters(engine, names, patience);
  const deliveries = createDeliveries({ engine, names, census, seen, letters, lease, patience });
  const shared = createShared(engine);
  const wake = createWake(engine, names.wake);
  const intake = createIntake({ engine, names, census, seen, waits, onKept: wake.announce, now, timeout });
  let closed: Promise<void> | undefined;

  /** Whether the parcel that was put there waits still. */
  async function waits(place: Place, parcel: Identity): Promise<boolean> {
    if (deliveries.isSettled(place, parcel)) return false;
    const message = await engine.run("looking for a parcel", ({ manager }) =>
      manager.streams.getMessage(names.streams[place.stream], { seq: place.sequence }),
    );
    return message !== null;
  }

  function checkOpen(): void {
    if (closed) throw new BeaconryError("closed", "the outbox is closed");
  }

  async function shutDown(): Promise<void> {
    // What is not given back comes back when its lease runs out.
    const finished = intake.drained().then(deliveries.close);
    await Promise.race([finished.catch(() => undefined), sleep(timeout, undefined, { ref: false })]);
    wake.close();
    shared.close();
    await engine.close();
  }

  return {
    async add(parcels, options) {
      refuseTransaction("jetstreamOutbox", options);
      checkOpen();
      return intake.add(parcels);
    },
    async take(destination, most) {
      checkOpen();
      const pausedUntil = await shared.pausedUntil(destination);
      if (pausedUntil > now()) return { parcels: [], nextDueAt: pausedUntil, pausedUntil };
      return deliveries.take(destination, most);
    },
    async settle(settlements) {
      checkOpen();
      await deliveries.settle(settlements);
    },
    async waiting(destination) {
      checkOpen();
      const look = await census.look();
      const { parcels } = destination === undefined ? look : countOf(look, destination);
      return Math.max(parcels - deliveries.settledOf(destination), 0);
    },
    async oldest(destination) {
      checkOpen();
      return findOldest(engine, names, deliveries, destination);
    },
    async deadLetters(page = {}) {
      checkOpen();
      return letters.list(page);
    },
    async replay(filter = {}) {
      checkOpen();
      const parts = { engine, names, census, seen, letters, waits, onKept: wake.announce, now };
      return replay(filter, { ...parts, drained: intake.drained });
    },
    async purge(filter = {}) {
      checkOpen();
      return letters.purge(filter);
    },
    watch: (listener) => wake.watch(listener),
    async pause(destination, until) {
      checkOpen();
      await shared.pause(destination, until);
    },
    async share(set, members, most) {
      checkOpen();
      return shared.share(set, members, most);
    },
    async destinations() {
      checkOpen();
      await deliveries.acknowledged();
      return listDestinations(engine, names);
    },
    async takeAll(destination, most) {
      checkOpen();
      return deliveries.takeAll(destination, most);
    },
    async adopt(parcels) {
      checkOpen();
      return intake.add(parcels.map(toAdded));
    },
    async adoptDeadLetters(adopted) {
      checkOpen();
      await adoptDeadLetters(letters, adopted);
    },
    async dropDeadLetters(upTo) {
      checkOpen();
      await letters.removeUpTo(upTo);
    },
    async onceKeys(page) {
      checkOpen();
      return listOnceKeys(engine, names, patience, page);
    },
    async adoptOnceKeys(keys) {
      checkOpen();
      await adoptOnceKeys(engine, keys);
    },
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}

/** What was said of the streams. */
function readSettings(options: JetstreamOutboxOptions): Partial<StreamSettings> {
  const told = Object.entries(options).filter(([name, value]) => name in streamDefaults && value !== undefined);
  return Object.fromEntries(told);
}
