import { Deduplication } from "./deduplication.js";
import type { Arrival, ReceivedEvent, ReceivedRequest } from "./received.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Waiter {
  check(): void;
  fail(error: Error): void;
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
  readonly #waiters = new Set<Waiter>();
  #events: Mutable<ReceivedEvent>[] = [];
  /** The sequence number of `#events[0]`; grows as old events are let go. */
  #firstSequence = 0;
  #requests: { request: ReceivedRequest; bytes: number }[] = [];
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
    return this.#requests.map((kept) => kept.request);
  }

  addRequest(request: ReceivedRequest, bytes: number): void {
    this.#requests.push({ request, bytes });
    this.#requestBytes += bytes;
    while (
      this.#requests.length > this.#limits.maxRequests ||
      (this.#requestBytes > this.#limits.maxRequestBytes && this.#requests.length > 1)
    ) {
      this.#requestBytes -= this.#requests.shift()?.bytes ?? 0;
    }
  }

  addEvents(arrivals: readonly Arrival[], at: number): void {
    const added = arrivals.map((arrival) => this.#add(arrival, at));
    this.#trim();
    this.#snapshot = undefined;
    for (const event of added) for (const listener of this.#listeners) listener(event);
    for (const waiter of this.#waiters) waiter.check();
  }

  on(listener: (event: ReceivedEvent) => void): () => void {
    const own = (event: ReceivedEvent) => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
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
        () => waiter.fail(new Error(`not seen within ${timeout} ms; arrived: ${this.#list()}`)),
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
  }

  /** Ends every wait. */
  close(): void {
    for (const waiter of this.#waiters) waiter.fail(new Error(`the sandbox was closed; arrived: ${this.#list()}`));
    this.#listeners.clear();
  }

  #add(arrival: Arrival, at: number): ReceivedEvent {
    const { copies, ...event } = arrival;
    const sequence = this.#firstSequence + this.#events.length;
    const { outcome, merged, replaces } = this.#deduplication.decide(copies, event.side, at, sequence);
    if (replaces !== undefined) {
      const replaced = this.#events[replaces - this.#firstSequence];
      if (replaced) replaced.outcome = "deduplicated";
    }
    const received: Mutable<ReceivedEvent> = { ...event, receivedAt: at, outcome, ...(merged && { merged }) };
    this.#events.push(received);
    return received;
  }

  /** Lets old events go, in steps of a tenth of the limit so that a full journal does not move on every event. */
  #trim(): void {
    const excess = this.#events.length - this.#limits.maxEvents;
    if (excess <= this.#limits.maxEvents / 10) return;
    this.#events.splice(0, excess);
    this.#firstSequence += excess;
  }

  #list(): string {
    const events = this.events();
    if (events.length === 0) return "no events";
    const last = events.slice(-20).map((event) => {
      const id = event.id === undefined ? "no id" : event.id;
      return `\n  ${event.endpoint} ${event.sourceId} ${event.name} (${id}) ${event.outcome}`;
    });
    const left = events.length - last.length;
    return `${events.length} events${left > 0 ? `, the last ${last.length} of them` : ""}:${last.join("")}`;
  }
}
