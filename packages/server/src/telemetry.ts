import { context, metrics, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Answered } from "./delivery/ask.js";
import type { DropReason } from "./delivery/news.js";
import type { DeliveryRecord } from "./delivery/record.js";
import type { DeadReason, Outbox } from "./outbox/outbox.js";

/** What became of events at one destination since the tracker was created. */
export interface EventCounts {
  /** Put into the outbox. */
  readonly accepted: number;
  /** Not put into it again. */
  readonly duplicate: number;
  /** Taken by the vendor. */
  readonly delivered: number;
  /** Failed attempts after which they are tried again. */
  readonly retried: number;
  readonly dead: Readonly<Partial<Record<DeadReason, number>>>;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** Counts and spans of a tracker; none holds more than the names of destinations, reasons, numbers and status codes. */
export interface Telemetry {
  accepted(destination: string, parcels: number): void;
  duplicate(destination: string, parcels: number): void;
  dropped(destination: string, reason: DropReason): void;
  delivery(destination: string): DeliveryRecord;
  counts(destination: string): EventCounts;
  /** Of all destinations, whatever the reason. */
  totals(): { delivered: number; dead: number; dropped: number };
  /** Put into the outbox, and not seen to end. */
  unended(): number;
  /** Runs within a span of this name, a child of the one that is active; a result with a `status` gives it that code. */
  within<Result>(name: "beaconry.collect" | "beaconry.outbox.add", run: () => Promise<Result>): Promise<Result>;
  /** Ends the observation of the outbox. */
  stop(): void;
}

/** What {@link createTelemetry} observes. */
export interface TelemetryParts {
  readonly destinations: readonly string[];
  readonly outbox: Pick<Outbox, "waiting" | "oldest">;
  /** Unix time, ms. */
  readonly now: () => number;
  /** Steady, ms. */
  readonly elapsed: () => number;
}

const scope = "@beaconry/server";

/**
 * Tells OpenTelemetry's API, which passes it on to whatever SDK the app has registered; without one it costs next to
 * nothing. Meters are asked for here, so that the SDK has to be registered before the tracker is created.
 */
export function createTelemetry({ destinations, outbox, now, elapsed }: TelemetryParts): Telemetry {
  const instruments = createInstruments();
  const tracer = trace.getTracer(scope);
  const all = new Map(destinations.map((name) => [name, emptyCounts()]));
  const of = (destination: string) => all.get(destination) ?? emptyCounts();
  const stop = observe(destinations, outbox, now);

  function delivery(destination: string): DeliveryRecord {
    const counts = of(destination);
    const attributes = { "beaconry.destination": destination };
    const record: DeliveryRecord = {
      delivered(parcels) {
        counts.delivered += parcels;
        instruments.delivered.add(parcels, attributes);
      },
      retried(parcels) {
        counts.retried += parcels;
        instruments.retried.add(parcels, attributes);
      },
      dead(parcels, reason) {
        counts.dead[reason] = (counts.dead[reason] ?? 0) + parcels;
        instruments.dead.add(parcels, { ...attributes, "beaconry.reason": reason });
      },
      async request(parcels, send) {
        // A root of its own: what woke the delivery is not what the request is for.
        const span = tracer.startSpan("beaconry.send", {
          kind: SpanKind.CLIENT,
          root: true,
          attributes: { ...attributes, "beaconry.batch.size": parcels },
        });
        instruments.batchSize.record(parcels, attributes);
        const begun = elapsed();
        const answered = await context.with(trace.setSpan(ROOT_CONTEXT, span), send);
        const outcome = outcomeOf(answered);
        instruments.duration.record((elapsed() - begun) / 1_000, { ...attributes, ...outcome });
        span.setAttributes(outcome);
        if (answered.verdict.kind !== "delivered") span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        return answered;
      },
    };
    return record;
  }

  return {
    accepted(destination, parcels) {
      if (parcels === 0) return;
      of(destination).accepted += parcels;
      instruments.accepted.add(parcels, { "beaconry.destination": destination });
    },
    duplicate(destination, parcels) {
      if (parcels === 0) return;
      of(destination).duplicate += parcels;
      instruments.duplicate.add(parcels, { "beaconry.destination": destination });
    },
    dropped(destination, reason) {
      const { dropped } = of(destination);
      dropped[reason] = (dropped[reason] ?? 0) + 1;
      instruments.dropped.add(1, { "beaconry.destination": destination, "beaconry.reason": reason });
    },
    delivery,
    counts: (destination) => structuredClone(of(destination)),
    totals() {
      const totals = { delivered: 0, dead: 0, dropped: 0 };
      for (const { delivered, dead, dropped } of all.values()) {
        totals.delivered += delivered;
        totals.dead += sum(dead);
        totals.dropped += sum(dropped);
      }
      return totals;
    },
    unended: () =>
      [...all.values()].reduce(
        (total, { accepted, delivered, dead }) => total + Math.max(accepted - delivered - sum(dead), 0),
        0,
      ),
    within: (name, run) =>
      tracer.startActiveSpan(name, async (span) => {
        try {
          const result = await run();
          const status = (result as { readonly status?: unknown } | undefined)?.status;
          if (typeof status === "number") span.setAttribute("http.response.status_code", status);
          return result;
        } catch (error) {
          // No more than that: a message could say what failed to be kept.
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
    stop,
  };
}

function emptyCounts() {
  const dead: Partial<Record<DeadReason, number>> = {};
  const dropped: Partial<Record<DropReason, number>> = {};
  return { accepted: 0, duplicate: 0, delivered: 0, retried: 0, dead, dropped };
}

function sum(byReason: Readonly<Record<string, number>>): number {
  return Object.values(byReason).reduce((total, count) => total + count, 0);
}

/** Named and measured as OpenTelemetry's semantic conventions ask: dots, units in UCUM, durations in seconds. */
function createInstruments() {
  const meter = metrics.getMeter(scope);
  const counter = (name: string, description: string) => meter.createCounter(name, { description, unit: "{event}" });
  return {
    accepted: counter("beaconry.events.accepted", "Events put into the outbox, by destination"),
    duplicate: counter("beaconry.events.duplicate", "Events that the outbox had before"),
    dropped: counter("beaconry.events.dropped", "Events not put into the outbox, by reason"),
    delivered: counter("beaconry.events.delivered", "Events that the vendor took"),
    retried: counter("beaconry.events.retried", "Failed attempts that are repeated, in events"),
    dead: counter("beaconry.events.dead", "Events given up, by reason"),
    batchSize: meter.createHistogram("beaconry.batch.size", {
      description: "Events in a request",
      unit: "{event}",
      advice: { explicitBucketBoundaries: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] },
    }),
    duration: meter.createHistogram("beaconry.request.duration", {
      description: "From sending a request to the end of the vendor's answer",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    }),
  };
}

/** The gauges of the outbox; gives what ends them. */
function observe(destinations: readonly string[], outbox: TelemetryParts["outbox"], now: () => number): () => void {
  const meter = metrics.getMeter(scope);
  const depth = meter.createObservableGauge("beaconry.outbox.waiting", {
    description: "Events in the outbox",
    unit: "{event}",
  });
  const age = meter.createObservableGauge("beaconry.outbox.age", {
    description: "How long the oldest event in the outbox waits",
    unit: "s",
  });
  const callback: Parameters<typeof meter.addBatchObservableCallback>[0] = async (observer) => {
    for (const name of destinations) {
      const attributes = { "beaconry.destination": name };
      const waiting = await outbox.waiting(name).catch(() => undefined);
      if (waiting !== undefined) observer.observe(depth, waiting, attributes);
      const oldest = await outbox.oldest(name).catch(() => undefined);
      if (oldest !== undefined) observer.observe(age, Math.max(now() - oldest, 0) / 1_000, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, [depth, age]);
  return () => meter.removeBatchObservableCallback(callback, [depth, age]);
}

function outcomeOf({ verdict, status, error }: Answered): Record<string, string | number> {
  return {
    "beaconry.verdict": verdict.kind,
    ...(status !== undefined && { "http.response.status_code": status }),
    ...(error !== undefined && { "error.type": error }),
  };
}
