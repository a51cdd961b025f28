import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../journal.js";
import type { ReceivedEvent, ReceivedRequest } from "../received.js";
import { eventEntry, type FeedEntry, type FeedMessage, requestEntry } from "./entries.js";

/** Changes remembered for readers that come back or are slow; whoever is further behind is told everything anew. */
const MAX_CHANGES = 20_000;
/** Entries in one message: some 200 kB, a few milliseconds of the page's time. */
const MAX_ENTRIES = 500;
/** How often a reader is told what is new, ms. */
const INTERVAL = 100;
/** After so long without news a comment is sent, so that both ends notice a dead connection, ms. */
const HEARTBEAT = 15_000;
/** What browsers wait before they connect again, ms. */
const RETRY = 1_000;

/** Only numbers are remembered: the journal's limits hold for what they stand for. */
type Change = readonly [kind: "event" | "request" | "outcome", sequence: number] | readonly [kind: "clear"];

/** The journal as a stream of server-sent events, for any number of readers, none of which is buffered for. */
export class Feed {
  readonly #journal: Journal;
  readonly #maxEvents: number;
  readonly #now: () => number;
  /** So that a position of an earlier run of the sandbox is not taken for one of this. */
  readonly #run = randomUUID();
  #changes: Change[] = [];
  /** The position before `#changes[0]`. */
  #before = 0;

  constructor(journal: Journal, { maxEvents, now }: { readonly maxEvents: number; readonly now: () => number }) {
    this.#journal = journal;
    this.#maxEvents = maxEvents;
    this.#now = now;
    journal.observe({
      added: (request, events) => {
        if (requestEntry(request)) this.#note(["request", request.sequence]);
        for (const event of events) this.#note(["event", event.sequence]);
      },
      replaced: (event) => this.#note(["outcome", event.sequence]),
      cleared: () => {
        this.#before += this.#changes.length;
        this.#changes = [];
        this.#note(["clear"]);
      },
    });
  }

  /**
   * The text of a stream that goes on until it is left. `last` is the id of the last message its reader had: it goes on
   * from there when that is remembered, else it begins with everything that is kept.
   */
  async *stream(last: string | undefined): AsyncGenerator<string, void> {
    yield `retry: ${RETRY}\n\n`;
    let position = this.#read(last);
    let silence = 0;
    for (;;) {
      if (position === undefined || position < this.#before) {
        position = this.#end;
        yield* this.#everything();
        yield this.#write({ type: "live" }, position);
      }
      const from = position - this.#before;
      const changes = this.#changes.slice(from, from + MAX_ENTRIES);
      position += changes.length;
      silence += INTERVAL;
      if (changes.length > 0) {
        silence = 0;
        yield this.#write({ type: "entries", entries: changes.flatMap((change) => this.#entry(change)) }, position);
      } else if (silence >= HEARTBEAT) {
        silence = 0;
        yield ":\n\n";
      }
      if (position === this.#end) await sleep(INTERVAL, undefined, { ref: false });
    }
  }

  get #end(): number {
    return this.#before + this.#changes.length;
  }

  #note(change: Change): void {
    this.#changes.push(change);
    const excess = this.#changes.length - MAX_CHANGES;
    if (excess <= MAX_CHANGES / 10) return;
    this.#changes.splice(0, excess);
    this.#before += excess;
  }

  #read(last: string | undefined): number | undefined {
    const [run, position] = last?.split(".") ?? [];
    if (run !== this.#run || position === undefined || !/^\d{1,15}$/.test(position)) return undefined;
    return Math.min(Number(position), this.#end);
  }

  #write(message: FeedMessage, position?: number): string {
    const id = position === undefined ? "" : `id: ${this.#run}.${position}\n`;
    return `${id}data: ${JSON.stringify(message)}\n\n`;
  }

  /** In the order of arrival: a refused request, having no events, stands before those of the next. */
  *#everything(): Generator<string, void> {
    const events = this.#journal.events();
    const requests = this.#journal.requests();
    yield this.#write({ type: "start", events: events.length, maxEvents: this.#maxEvents, now: this.#now() });
    let entries: FeedEntry[] = [];
    let request = 0;
    const tell = (kept: ReceivedEvent | ReceivedRequest) => {
      const entry = "outcome" in kept ? eventEntry(kept, this.#journal.request(kept.request)) : requestEntry(kept);
      if (entry) entries.push(entry);
    };
    for (const event of events) {
      for (let next = requests[request]; next && next.sequence <= event.request; next = requests[++request]) tell(next);
      tell(event);
      if (entries.length < MAX_ENTRIES) continue;
      yield this.#write({ type: "entries", entries });
      entries = [];
    }
    for (const next of requests.slice(request)) tell(next);
    if (entries.length > 0) yield this.#write({ type: "entries", entries });
  }

  /** None when the journal has let it go since. */
  #entry(change: Change): FeedEntry[] {
    const [kind, sequence] = change;
    if (kind === "clear") return [{ kind }];
    if (kind === "request") {
      const request = this.#journal.request(sequence);
      const entry = request && requestEntry(request);
      return entry ? [entry] : [];
    }
    const event = this.#journal.event(sequence);
    if (!event) return [];
    if (kind === "outcome") return [{ kind, sequence, outcome: event.outcome }];
    return [eventEntry(event, this.#journal.request(event.request))];
  }
}
