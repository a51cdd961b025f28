import {
  BeaconryError,
  type Consent,
  createEvent,
  type EventContext,
  type EventName,
  type Issue,
  type PropertiesOf,
  type TrackedEvent,
  type UserData,
} from "@beaconry/core";
import { createEmitter } from "@beaconry/core/internal";
import { compileTrust } from "./client-ip/trust.js";
import {
  type CollectAnswer,
  type CollectorParts,
  type CollectRequest,
  collect,
  type Taken,
} from "./collector/collect.js";
import { overFetch } from "./collector/fetch-edge.js";
import type { ReceivedEvent } from "./collector/read-event.js";
import { drain } from "./delivery/drain.js";
import type { TrackerNews } from "./delivery/news.js";
import { countPending } from "./delivery/pending.js";
import { createPump, type PumpState } from "./delivery/pump.js";
import { type FromRequestOptions, type RequestFacts, readRequest } from "./from-request.js";
import { readGivenContext } from "./given-context.js";
import { type Dropped, type PreparedEvent, prepare } from "./intake.js";
import { toFunnelEvent } from "./journal/to-funnel-event.js";
import { hashOnceKeys } from "./once-keys.js";
import type { DeadLetter, DeadLetterFilter, DeadLetterPage, Parcel } from "./outbox/outbox.js";
import type { RequestHead, RequestInfo } from "./seen-request.js";
import { readStatus, type TrackerStatus } from "./status.js";
import { createTelemetry } from "./telemetry.js";
import { readTrackerOptions, type TrackerOptions } from "./tracker-options.js";

/** What an event of your own needs beside name and properties. */
export interface TrackOptions {
  context: EventContext;
  /** `advertising` must be `true` for the event to go anywhere: a server can not wait for the answer. */
  consent: Consent;
  user?: UserData;
  /** The id of the browser's copy, or one of your own such as the order's. Default: a new UUID. */
  id?: string;
  /** When it happened: ms, or a Date. Default: now. */
  time?: number | Date;
  /**
   * An open transaction of the database in which the outbox lives, such as a `pg` client after `BEGIN`: the event is
   * sent if it commits, and only then. Rejects with `invalid_option` for outboxes that are in no database of yours.
   */
  transaction?: unknown;
}

/** What became of a tracked event so far. */
export interface TrackResult {
  readonly id: string;
  /** Destinations whose parcel the outbox has. */
  readonly queued: readonly string[];
  /** Destinations that have had this name and id before. */
  readonly duplicate: readonly string[];
  readonly dropped: readonly Dropped[];
  readonly issues: readonly Issue[];
}

/** What {@link Tracker.flush} came to. */
export interface FlushResult {
  /** Events that vendors took, dead letters and drops since the tracker was created: one for each destination. */
  readonly delivered: number;
  readonly dead: number;
  readonly dropped: number;
  /** Still in the outbox; where it does not answer, of what this tracker put in. */
  readonly pending: number;
}

/** What a {@link RequestTracker} lets a call add or say otherwise. */
export interface RequestTrackOptions extends Omit<TrackOptions, "context" | "consent"> {
  /** Members that win over the request's. */
  context?: Partial<EventContext>;
  /** In the place of the request's. */
  consent?: Consent;
}

/** Tracks what one request of a browser is about. */
export interface RequestTracker extends RequestFacts {
  /** As {@link Tracker.track}, with the request's context and consent. */
  track<Name extends EventName>(
    name: Name,
    properties: PropertiesOf<Name>,
    options?: RequestTrackOptions,
  ): Promise<TrackResult>;
}

/** Takes events and sees them delivered. */
export interface Tracker extends AsyncDisposable {
  /**
   * Tracks an event of the server's own. Resolves when the outbox has it; rejects with `outbox_full` or `closed`. A
   * wrong event does not reject: `issues` says what is wrong, and `dropped` where it does not go.
   */
  track<Name extends EventName>(
    name: Name,
    properties: PropertiesOf<Name>,
    options: TrackOptions,
  ): Promise<TrackResult>;
  /** Takes a pixel's batch: Fetch API in, `Response` out. */
  collect(request: Request, info?: RequestInfo): Promise<Response>;
  /** The same for servers without Fetch API: what adapters such as `collectHandler` are made on. */
  answer(request: CollectRequest, info?: RequestInfo): Promise<CollectAnswer>;
  /**
   * Binds the page, cookies, address, user agent and consent of a browser's request for events that your code tracks
   * while it answers. Reads no body. Without `consent` nothing is sent: see {@link FromRequestOptions}.
   */
  fromRequest(request: RequestHead, options?: FromRequestOptions): RequestTracker;
  /**
   * Resolves when everything is delivered, after `timeout` ms (default 30,000), or as soon as it is clear that the rest
   * waits for longer than that. An event that failed is tried again meanwhile, when it is due. Never rejects.
   */
  flush(options?: { timeout?: number }): Promise<FlushResult>;
  /**
   * Stops intake, flushes for at most `timeout` ms (default 10,000), aborts the rest, which stays in the outbox. A
   * second call gives the first one's result.
   */
  close(options?: { timeout?: number }): Promise<FlushResult>;
  /** How each destination does: what waits, what holds it, what went wrong last. Never rejects. */
  status(): Promise<TrackerStatus>;
  /** What was given up, oldest first: all of it, of a destination, for a reason; a page of it. */
  deadLetters(page?: DeadLetterPage): Promise<readonly DeadLetter[]>;
  /**
   * Puts dead letters back into the outbox under the same ids, as many as there is room for; those that are too old for
   * the vendor stay. Gives the number put back.
   */
  replayDeadLetters(filter?: DeadLetterFilter): Promise<number>;
  /** Deletes dead letters; gives their number. */
  purgeDeadLetters(filter?: DeadLetterFilter): Promise<number>;
  /** Calls the listener on each piece of news of that kind; returns what ends it. */
  on<Kind extends keyof TrackerNews>(kind: Kind, listener: (news: TrackerNews[Kind]) => void): () => void;
}

/** Makes a tracker. Throws `invalid_option`. */
export function createTracker(options: TrackerOptions): Tracker {
  const {
    destinations,
    outbox,
    journal,
    trustProxy,
    clientIpHeader,
    collector,
    deliver,
    concurrency,
    maxAttempts,
    backoff,
    transport,
    now,
    elapsed,
    random,
  } = readTrackerOptions(options);
  const trust = { trusts: compileTrust(trustProxy), clientIpHeader };
  const emitter = createEmitter<TrackerNews>();
  const telemetry = createTelemetry({ destinations: destinations.map(({ name }) => name), outbox, now, elapsed });
  emitter.on("dropped", ({ destination, reason }) => telemetry.dropped(destination, reason));
  for (const { name: destination, onWarning, onShared } of destinations) {
    onWarning?.((detail) => emitter.emit("warning", { destination, detail }));
    if (outbox.share) onShared?.(outbox.share);
  }
  const pumps = new Map(
    (deliver ? destinations : []).map((destination) => {
      const pump = createPump({
        destination,
        outbox,
        transport,
        emit: emitter.emit,
        record: telemetry.delivery(destination.name),
        concurrency,
        maxAttempts,
        backoff,
        now,
        elapsed,
        random,
      });
      return [destination.name, pump] as const;
    }),
  );
  let closed: Promise<FlushResult> | undefined;
  const wake = () => {
    for (const pump of pumps.values()) pump.wake();
  };
  // What the outbox still holds from before is due at once.
  wake();
  const endWatch = deliver ? outbox.watch?.(wake) : undefined;

  async function keep(prepared: readonly (PreparedEvent & { event: TrackedEvent })[], transaction?: unknown) {
    if (closed) throw new BeaconryError("closed", "the tracker is closed");
    let parcels: readonly Parcel[] = prepared.flatMap((event) => event.parcels);
    if (parcels.some(({ once }) => once !== undefined)) parcels = await hashOnceKeys(parcels);
    const outcomes = await telemetry.within("beaconry.outbox.add", () => outbox.add(parcels, { transaction }));
    await note(prepared.filter((one) => one.parcels.length > 0).map(({ event }) => event));
    for (const { event, dropped } of prepared) {
      for (const { destination, reason } of dropped) {
        emitter.emit("dropped", { destination, reason, name: event.name, id: event.id });
      }
    }
    const kept = parcels.map(({ destination }, index) => ({ destination, outcome: outcomes[index] }));
    for (const [destination, ofDestination] of Map.groupBy(kept, (one) => one.destination)) {
      const added = ofDestination.filter(({ outcome }) => outcome === "added").length;
      telemetry.accepted(destination, added);
      telemetry.duplicate(destination, ofDestination.length - added);
      pumps.get(destination)?.wake();
    }
    return kept;
  }

  /** A journal that fails must not cost the vendors' copy. */
  async function note(events: readonly TrackedEvent[]): Promise<void> {
    if (!journal || events.length === 0) return;
    try {
      await journal.record(events.map(toFunnelEvent));
    } catch (error) {
      const detail = error instanceof Error ? error.message : "it failed";
      emitter.emit("journalFailed", { events: events.length, detail });
    }
  }

  async function track<Name extends EventName>(
    name: Name,
    properties: PropertiesOf<Name>,
    options: TrackOptions,
  ): Promise<TrackResult> {
    const { id = crypto.randomUUID(), time = now(), consent, context, user, transaction, ...unknown } = options ?? {};
    // The types ask for both; where they are missing, or null as databases have it, the issues say so.
    const about = { id, time, consent: consent ?? {}, context: readGivenContext(context ?? { source: "web" }), user };
    const event = createEvent(name, properties, about) as TrackedEvent;
    const prepared = prepare(event, destinations, now());
    const kept = await keep([{ event, ...prepared }], transaction);
    const of = (outcome: string) => kept.filter((one) => one.outcome === outcome).map(({ destination }) => destination);
    const issues = [...prepared.issues, ...Object.keys(unknown).map(unknownOption)];
    return { id, queued: of("added"), duplicate: of("duplicate"), dropped: prepared.dropped, issues };
  }

  async function intake(events: readonly ReceivedEvent[]): Promise<Taken> {
    const prepared = events.map(({ event, tags }) => ({ event, ...prepare(event, destinations, now(), tags) }));
    await keep(prepared);
    const found = ({ event, issues }: (typeof prepared)[number]) => ({ id: event.id, issues });
    const isRefused = ({ parcels, dropped }: PreparedEvent) => parcels.length === 0 && dropped.length > 0;
    return {
      kept: prepared.filter((one) => !isRefused(one)).map(({ event }) => event),
      rejected: prepared.filter(isRefused).map(found),
      issues: prepared.filter((one) => !isRefused(one) && one.issues.length > 0).map(found),
    };
  }

  function countBots(events: readonly TrackedEvent[]): void {
    for (const event of events) {
      for (const destination of destinations.filter((one) => one.accepts(event))) {
        const { name, id } = event;
        emitter.emit("dropped", { destination: destination.name, reason: "bot", name, id });
      }
    }
  }

  function fromRequest(request: RequestHead, options: FromRequestOptions = {}): RequestTracker {
    const facts = readRequest(request, options, trust, now());
    return {
      ...facts,
      track: (name, properties, { context, consent = facts.consent, ...more } = {}) =>
        track(name, properties, { ...more, context: { ...facts.context, ...context }, consent }),
    };
  }

  const collectorParts: CollectorParts = {
    settings: collector,
    trust,
    intake,
    onBot: countBots,
    onClaim: (claim, events) => emitter.emit("claimed", { claim, events }),
    now,
  };

  function answer(request: CollectRequest, info: RequestInfo = {}): Promise<CollectAnswer> {
    return telemetry.within("beaconry.collect", () => collect(request, info, collectorParts));
  }

  async function flush({ timeout = 30_000 }: { timeout?: number } = {}): Promise<FlushResult> {
    await drain([...pumps.values()], timeout);
    return { ...telemetry.totals(), pending: await countPending(outbox, telemetry.unended()) };
  }

  async function shutDown(timeout: number): Promise<FlushResult> {
    await drain([...pumps.values()], timeout);
    endWatch?.();
    for (const pump of pumps.values()) pump.stop();
    // Aborted requests end at once; what they carried goes back before the outbox closes.
    const result = await flush({ timeout: 1_000 });
    telemetry.stop();
    await outbox.close();
    return result;
  }

  function close({ timeout = 10_000 }: { timeout?: number } = {}): Promise<FlushResult> {
    closed ??= shutDown(timeout);
    return closed;
  }

  return {
    track,
    collect: (request, info) => overFetch(request, (asked) => answer(asked, info)),
    answer,
    fromRequest,
    flush,
    close,
    async status() {
      const statuses = destinations.map(({ name }) =>
        readStatus(name, pumps.get(name)?.state() ?? idle, telemetry.counts(name), outbox, now),
      );
      return { closed: closed !== undefined, destinations: await Promise.all(statuses) };
    },
    deadLetters: (page) => outbox.deadLetters(page),
    async replayDeadLetters(filter) {
      const count = await outbox.replay(filter);
      wake();
      return count;
    },
    purgeDeadLetters: (filter) => outbox.purge(filter),
    on: emitter.on,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

/** The state of a destination to which this tracker does not deliver. */
const idle: PumpState = { underWay: 0, failures: 0 };

function unknownOption(name: string): Issue {
  const message = `${name} is no option of track: accepted are context, consent, user, id, time, transaction`;
  return { severity: "warning", code: "unknown_property", path: `options.${name}`, message };
}
