import { Deduplication } from "./deduplication.js";
import { listEvents } from "./list-events.js";
import type { Arrival, ReceivedEvent, ReceivedRequest } from "./received.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Waiter {
  check(): void;
  fail(error: Error): void;
}

/** Hears of everything that happens to the journal, at once and in order. */
export interface JournalObserver {
  /** A request came, with the events that were taken from it. */
  added(request: ReceivedRequest, events: readonly ReceivedEvent[]): void;
  /** An event counted until now is no longer, since a favoured copy came. */
  replaced(event: ReceivedEvent): void;
  cleared(): void;
}

interface Limits {
  readonly maxEvents: number;
  readonly maxRequests: number;
  /** Bytes of request bodies kept at most. */
  readonly maxRequestBytes: number;
}

/** What arrived: kept within limits, marked by deduplication, announced to listeners. */
export class Journal {
  readonly #limits: Limits;
  readonly #deduplication = new Deduplication();
  readonly #listeners = new Set<(event: ReceivedEvent) => void>();
  readonly #observers = new Set<JournalObserver>();
  readonly #waiters = new Set<Waiter>();
  #events: Mutable<ReceivedEvent>[] = [];
  /** The sequence number of `#events[0]`; grows as old events are let go. */
  #firstSequence = 0;
  #requests: ReceivedRequest[] = [];
  #nextRequest = 0;
  #requestBytes = 0;
  #snapshot: readonly ReceivedEvent[] | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Oldest first. The list is a copy; the events in it are live. */
  events(): readonly ReceivedEvent[] {
    this.#snapshot ??= this.#events.slice(-this.#limits.maxEvents);
    return this.#snapshot;
  }

  requests(): readonly ReceivedRequest[] {
    return [...this.#requests];
  }

  /** The event of this sequence number, while it is kept. */
  event(sequence: number): ReceivedEvent | undefined {
    return this.#events[sequence - this.#firstSequence];
  }

  /** The request of this sequence number, while it is kept. */
  request(sequence: number): ReceivedRequest | undefined {
    return this.#requests[sequence - (this.#requests[0]?.sequence ?? 0)];
  }

  /** Keeps a request and the events that were taken from it. */
  add(request: Omit<ReceivedRequest, "sequence" | "events">, arrivals: readonly Arrival[]): void {
    const kept = { sequence: this.#nextRequest++, ...request, events: arrivals.length };
    this.#requests.push(kept);
    this.#requestBytes += kept.bytes;
    const events = arrivals.map((arrival) => this.#add(arrival, kept));
    this.#trim();
    this.#snapshot = undefined;
    for (const observer of this.#observers) observer.added(kept, events);
    for (const event of events) for (const listener of this.#listeners) listener(event);
    for (const waiter of this.#waiters) waiter.check();
  }

  on(listener: (event: ReceivedEvent) => void): () => void {
    const own = (event: ReceivedEvent) => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Returns a function that ends it. */
  observe(observer: JournalObserver): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  waitFor(predicate: (events: readonly ReceivedEvent[]) => boolean, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        act();
      };
      const waiter: Waiter = {
        check: () => {
          try {
            if (predicate(this.events())) settle(resolve);
          } catch (error) {
            settle(() => reject(error));
          }
        },
        fail: (error) => settle(() => reject(error)),
      };
      const timer = setTimeout(
        () => waiter.fail(new Error(`not seen within ${timeout} ms; arrived: ${listEvents(this.events())}`)),
        timeout,
      );
      this.#waiters.add(waiter);
      waiter.check();
    });
  }

  /** Forgets everything that arrived; listeners and waiters stay. */
  clear(): void {
    this.#firstSequence += this.#events.length;
    this.#events = [];
    this.#requests = [];
    this.#requestBytes = 0;
    this.#snapshot = undefined;
    this.#deduplication.clear();
    for (const observer of this.#observers) observer.cleared();
  }

  /** Ends every wait. */
  close(): void {
    for (const waiter of this.#waiters)
      waiter.fail(new Error(`the sandbox was closed; arrived: ${listEvents(this.events())}`));
    this.#listeners.clear();
  }

  #add(arrival: Arrival, request: ReceivedRequest): ReceivedEvent {
    const { copies, ...event } = arrival;
    const { receivedAt } = request;
    const sequence = this.#firstSequence + this.#events.length;
    const { outcome, merged, replaces } = this.#deduplication.decide(copies, event.side, receivedAt, sequence);
    if (replaces !== undefined) this.#replace(replaces);
    const received: Mutable<ReceivedEvent> = {
      data: event.payload,
      ...event,
      sequence,
      request: request.sequence,
      receivedAt,
      outcome,
      ...(merged && { merged }),
    };
    this.#events.push(received);
    return received;
  }

  #replace(sequence: number): void {
    const replaced = this.#events[sequence - this.#firstSequence];
    if (!replaced) return;
    replaced.outcome = "deduplicated";
    for (const observer of this.#observers) observer.replaced(replaced);
  }

  /** Lets old requests go, and old events in steps of a tenth of the limit, so that a full journal does not move on each. */
  #trim(): void {
    while (
      this.#requests.length > this.#limits.maxRequests ||
      (this.#requestBytes > this.#limits.maxRequestBytes && this.#requests.length > 1)
    ) {
      this.#requestBytes -= this.#requests.shift()?.bytes ?? 0;
    }
    const excess = this.#events.length - this.#limits.maxEvents;
    if (excess <= this.#limits.maxEvents / 10) return;
    this.#events.splice(0, excess);
    this.#firstSequence += excess;
  }
}
