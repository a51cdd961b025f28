import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../journal.js";
import { type BusinessPart, eventEntry, type FeedEntry, type FeedMessage, requestEntry } from "./entries.js";

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
type Change =
  | readonly [kind: "event" | "request" | "outcome", sequence: number]
  | readonly [kind: "business", part: BusinessPart]
  | readonly [kind: "clear"];

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
      cleared: () => this.#note(["clear"]),
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
        yield this.#write({ type: "entries", entries: this.#entries(changes) }, position);
      } else if (silence >= HEARTBEAT) {
        silence = 0;
        yield ":\n\n";
      }
      if (position === this.#end) await sleep(INTERVAL, undefined, { ref: false });
    }
  }

  /** A part of the Business API is another now. */
  noteBusiness(part: BusinessPart): void {
    this.#note(["business", part]);
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

  /**
   * In the order of arrival: a request stands before its events. Read by number while it is told, so that a slow reader
   * keeps nothing alive that the journal lets go.
   */
  *#everything(): Generator<string, void> {
    const events = rangeOf(this.#journal.events());
    const requests = rangeOf(this.#journal.requests());
    const total = events.end - events.next;
    yield this.#write({ type: "start", events: total, maxEvents: this.#maxEvents, now: this.#now() });
    let entries: FeedEntry[] = [];
    while (events.next < events.end || requests.next < requests.end) {
      const event = events.next < events.end ? this.#journal.event(events.next) : undefined;
      const isRequest = requests.next < requests.end && (!event || requests.next <= event.request);
      entries.push(...this.#entry(isRequest ? ["request", requests.next++] : ["event", events.next++]));
      if (entries.length < MAX_ENTRIES) continue;
      yield this.#write({ type: "entries", entries });
      entries = [];
    }
    if (entries.length > 0) yield this.#write({ type: "entries", entries });
  }

  /** A part of the Business API once, however often it changed since the last look. */
  #entries(changes: readonly Change[]): FeedEntry[] {
    const entries = changes.flatMap((change) => this.#entry(change));
    const last = new Map(entries.map((entry, index) => [entry.kind === "business" ? entry.part : index, index]));
    return entries.filter((entry, index) => entry.kind !== "business" || last.get(entry.part) === index);
  }

  /** None of a request that went well, nor of what the journal has let go since. */
  #entry(change: Change): FeedEntry[] {
    const [kind, sequence] = change;
    if (kind === "clear") return [{ kind }];
    if (kind === "business") return [{ kind, part: sequence }];
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

/** Sequence numbers that are still to be told. */
function rangeOf(kept: readonly { readonly sequence: number }[]): { next: number; readonly end: number } {
  const next = kept[0]?.sequence ?? 0;
  return { next, end: next + kept.length };
}
