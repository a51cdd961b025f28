import type { EventEntry, FeedEntry, RequestEntry } from "../../feed/entries.js";
import { endpoints, type Side, type Vendor } from "./endpoints.js";
import { type Filter, matches, noFilter } from "./filter.js";
import { type Evidence, matchQuality } from "./match-quality.js";
import { OrderedList } from "./ordered-list.js";
import { type Copy, type EventRow, type RequestRow, type Row, sideOf, stateOf } from "./row.js";

/** For so long after an event's first copy the other side's is waited for, ms. */
const PATIENCE = 10_000;
/** Copies of one event that are kept; further ones are only counted. */
const MAX_COPIES = 20;
/** Refused requests that are kept. */
const MAX_REQUESTS = 5_000;
/** Sources of which it is known what they send; of further ones nothing is expected. */
const MAX_SOURCES = 1_000;
/** Rows remembered for one id; more would be a sender's mistake. */
const MAX_NAMES_OF_ID = 8;
/** Estimates remembered. */
const MAX_QUALITIES = 1_000;

/** Hears of each row as it comes, before and after it changes, and as it goes. */
export interface RowObserver {
  add(row: Row): void;
  remove(row: Row): void;
}

/** What arrived, joined into rows: kept within limits, filtered, and told to observers, all without looking at every row. */
export class Rows {
  readonly all = new OrderedList<Row>();
  /** Those that the filter lets through. */
  readonly shown = new OrderedList<Row>();
  readonly #observers: readonly RowObserver[];
  readonly #byKey = new Map<string, EventRow>();
  readonly #byId = new Map<string, EventRow[]>();
  readonly #bySequence = new Map<number, EventRow>();
  /** The last refused request with an event of this id. */
  readonly #refused = new Map<string, RequestRow>();
  /** The sides from which each source has sent. */
  readonly #sides = new Map<string, Set<Side>>();
  /** Rows that wait for their other side, the oldest first. */
  #waiting: EventRow[] = [];
  readonly #qualities = new Map<string, number>();
  #filter: Filter = noFilter;
  #order = 0;
  #copies = 0;
  #requests = 0;
  #now = 0;

  /** Copies that are kept at most. */
  maxCopies: number;

  constructor(observers: readonly RowObserver[], maxCopies = 50_000) {
    this.#observers = observers;
    this.maxCopies = maxCopies;
  }

  /** How many copies are kept. */
  get copies(): number {
    return this.#copies;
  }

  /** `now` is the sandbox's clock. */
  apply(entry: FeedEntry, now: number): void {
    this.#now = now;
    if (entry.kind === "clear") this.clear();
    else if (entry.kind === "request") this.#addRequest(entry);
    else if (entry.kind === "event") this.#addEvent(entry);
    else if (entry.kind === "outcome") this.#setOutcome(entry.sequence, entry.outcome);
    this.#trim();
  }

  /** Gives up waiting where it has been long enough. */
  tick(now: number): boolean {
    this.#now = now;
    const isOver = (row: EventRow) => now - row.at >= PATIENCE;
    const given = this.#waiting.filter((row) => isOver(row) && this.all.has(row));
    this.#waiting = this.#waiting.filter((row) => !isOver(row));
    for (const row of given) this.#change(row, () => {});
    return given.length > 0;
  }

  setFilter(filter: Filter): void {
    this.#filter = filter;
    this.shown.clear();
    for (const row of this.all) if (matches(row, filter)) this.shown.add(row);
  }

  clear(): void {
    for (const row of this.all) for (const observer of this.#observers) observer.remove(row);
    this.all.clear();
    this.shown.clear();
    this.#byKey.clear();
    this.#byId.clear();
    this.#bySequence.clear();
    this.#refused.clear();
    this.#sides.clear();
    this.#waiting = [];
    this.#copies = 0;
    this.#requests = 0;
  }

  /** The row that stands for the same as this one, which may have been made before everything was loaded anew. */
  find(row: Row): Row | undefined {
    if (row.kind === "event") return this.#bySequence.get(row.copies[0]?.sequence ?? -1);
    for (const other of this.all)
      if (other.kind === "request" && other.entry.sequence === row.entry.sequence) return other;
    return undefined;
  }

  /** Other events of this id: of another name, or at the other vendor. */
  relatives(row: EventRow): readonly EventRow[] {
    if (row.id === undefined) return [];
    const id = row.id;
    const vendors: readonly Vendor[] = ["tiktok", "meta"];
    return vendors.flatMap((vendor) => this.#byId.get(idKey(vendor, id)) ?? []).filter((other) => other !== row);
  }

  /** The refused request that had a copy of this event. */
  refusedCopy({ vendor, id }: EventRow): RequestRow | undefined {
    return id === undefined ? undefined : this.#refused.get(idKey(vendor, id));
  }

  /** Whether the source of this row has sent an event of this name from this side. */
  hasSent(row: EventRow, side: Side): boolean {
    const source = row.copies[0]?.sourceId ?? "";
    for (const other of this.all) {
      if (other.kind !== "event" || other.vendor !== row.vendor || other.name !== row.name) continue;
      if (other.copies.some((copy) => copy.sourceId === source && sideOf(copy) === side)) return true;
    }
    return false;
  }

  #addEvent(entry: EventEntry): void {
    if (this.#bySequence.has(entry.sequence)) return;
    const { vendor, side } = endpoints[entry.endpoint];
    const copy: Copy = { ...entry };
    const row = entry.id === undefined ? undefined : this.#byKey.get(rowKey(vendor, entry.name, entry.id));
    this.#see(sourceKey(vendor, entry.sourceId), side);
    if (row) {
      this.#change(row, () => {
        if (row.copies.length < MAX_COPIES) this.#keep(row, copy);
        else row.more += 1;
      });
      return;
    }
    const { id, name, receivedAt: at } = entry;
    const order = this.#order++;
    const begun: EventRow = {
      kind: "event",
      order,
      vendor,
      name,
      at,
      copies: [],
      more: 0,
      state: "single",
      quality: 0,
    };
    const added: EventRow = id === undefined ? begun : { ...begun, id };
    this.#keep(added, copy);
    if (id !== undefined) {
      this.#byKey.set(rowKey(vendor, name, id), added);
      const ofId = this.#byId.get(idKey(vendor, id));
      if (!ofId) this.#byId.set(idKey(vendor, id), [added]);
      else if (ofId.length < MAX_NAMES_OF_ID) ofId.push(added);
    }
    this.#judge(added);
    this.#insert(added);
    if (added.state === "waiting") this.#waiting.push(added);
  }

  #addRequest(entry: RequestEntry): void {
    const { vendor } = endpoints[entry.endpoint];
    const at = entry.receivedAt;
    const row: RequestRow = { kind: "request", order: this.#order++, vendor, at, state: "refused", entry };
    this.#requests += 1;
    for (const id of entry.ids) this.#refused.set(idKey(vendor, id), row);
    this.#insert(row);
  }

  #setOutcome(sequence: number, outcome: Copy["outcome"]): void {
    const row = this.#bySequence.get(sequence);
    const copy = row?.copies.find((kept) => kept.sequence === sequence);
    if (!row || !copy) return;
    this.#change(row, () => {
      copy.outcome = outcome;
    });
  }

  #keep(row: EventRow, copy: Copy): void {
    row.copies.push(copy);
    this.#bySequence.set(copy.sequence, row);
    this.#copies += 1;
  }

  #insert(row: Row): void {
    this.all.add(row);
    if (matches(row, this.#filter)) this.shown.add(row);
    for (const observer of this.#observers) observer.add(row);
  }

  #change(row: EventRow, change: () => void): void {
    for (const observer of this.#observers) observer.remove(row);
    change();
    this.#judge(row);
    for (const observer of this.#observers) observer.add(row);
    const fits = matches(row, this.#filter);
    if (fits === this.shown.has(row)) return;
    if (fits) this.shown.add(row);
    else this.shown.delete(row);
  }

  #judge(row: EventRow): void {
    row.state = stateOf(row, this.#isExpected(row), this.#now - row.at < PATIENCE);
    row.quality = this.#qualityOf(row);
  }

  /** Whether both sides would send this event: its source does, it happened on a page, and it can be recognised. */
  #isExpected(row: EventRow): boolean {
    const [first] = row.copies;
    if (!first || row.id === undefined || row.copies.some((copy) => copy.offPage)) return false;
    // ttq.page() takes no id, so that page views reach TikTok from one side only.
    if (row.vendor === "tiktok" && row.name.toLowerCase() === "pageview") return false;
    return this.#sides.get(sourceKey(row.vendor, first.sourceId))?.size === 2;
  }

  /** Most events of a shop carry the same few sets of keys. */
  #qualityOf(row: EventRow): number {
    const evidence = evidenceOf(row);
    const key = `${row.vendor}\n${evidence.fromBrowser}\n${evidence.matchKeys.join()}\n${evidence.warnings.join()}`;
    const known = this.#qualities.get(key);
    if (known !== undefined) return known;
    const { score } = matchQuality(evidence);
    if (this.#qualities.size >= MAX_QUALITIES) this.#qualities.clear();
    this.#qualities.set(key, score);
    return score;
  }

  #see(source: string, side: Side): void {
    const sides = this.#sides.get(source) ?? new Set();
    if (this.#sides.size < MAX_SOURCES) this.#sides.set(source, sides);
    if (sides.has(side)) return;
    sides.add(side);
    if (sides.size < 2) return;
    // From now on the source's events have two sides, those that came before too.
    for (const row of this.all) {
      if (row.kind === "request" || sourceKey(row.vendor, row.copies[0]?.sourceId ?? "") !== source) continue;
      this.#change(row, () => {});
      if (row.state === "waiting") this.#waiting.push(row);
    }
  }

  #trim(): void {
    while (this.#copies > this.maxCopies || this.#requests > MAX_REQUESTS) {
      const row = this.all.at(0);
      if (!row || this.all.length === 1) return;
      this.#drop(row);
    }
  }

  #drop(row: Row): void {
    this.all.shift();
    this.shown.delete(row);
    for (const observer of this.#observers) observer.remove(row);
    if (row.kind === "request") {
      this.#requests -= 1;
      for (const id of row.entry.ids) {
        const key = idKey(row.vendor, id);
        if (this.#refused.get(key) === row) this.#refused.delete(key);
      }
      return;
    }
    this.#copies -= row.copies.length;
    for (const copy of row.copies) this.#bySequence.delete(copy.sequence);
    if (row.id === undefined) return;
    this.#byKey.delete(rowKey(row.vendor, row.name, row.id));
    const key = idKey(row.vendor, row.id);
    const rest = this.#byId.get(key)?.filter((other) => other !== row) ?? [];
    if (rest.length > 0) this.#byId.set(key, rest);
    else this.#byId.delete(key);
  }
}

const rowKey = (vendor: Vendor, name: string, id: string) => `${vendor}\n${name}\n${id}`;
const idKey = (vendor: Vendor, id: string) => `${vendor}\n${id}`;
const sourceKey = (vendor: Vendor, source: string) => `${vendor}\n${source}`;

/** What the vendor has to go by: the copy it counts, and what it merges into that. */
export function evidenceOf(row: EventRow): Evidence {
  const used = row.copies.filter(({ outcome, merged }) => outcome === "counted" || merged);
  const copies = used.length > 0 ? used : row.copies.slice(0, 1);
  return {
    vendor: row.vendor,
    matchKeys: [...new Set(copies.flatMap((copy) => copy.matchKeys))],
    warnings: copies.flatMap((copy) => copy.warnings),
    fromBrowser: copies.some((copy) => sideOf(copy) === "browser"),
  };
}
