import type { MessagePort } from "node:worker_threads";
import type { ParcelHistory } from "../outbox/added-parcel.js";
import type { OnceKeyPage, WaitingParcel } from "../outbox/movable-outbox.js";
import type { DeadLetter, DeadLetterFilter, Settlement, Taken } from "../outbox/outbox.js";
import type { JournalSettings, JournalWork } from "./journal/journal-work.js";
import type { StoreFault } from "./store-error.js";

/** What a store is made with; every member is required here. */
export interface StoreSettings {
  readonly path: string;
  readonly maxParcels: number;
  readonly maxDeadLetters: number;
  readonly maxOnce: number;
  readonly maxBytes: number;
  /** ms */
  readonly deduplicationWindow: number;
  /** ms */
  readonly lease: number;
}

/**
 * The parcels of several `add`s, one after the other, as texts: those cost least on their way to another thread, and
 * are what is written.
 */
export interface AddGroup {
  /** Parcels of each `add`. */
  readonly sizes: readonly number[];
  /** Of each parcel, as the others. */
  readonly destinations: readonly string[];
  readonly keys: readonly string[];
  readonly records: readonly string[];
  /** Keys of `once`, by position; few have one. */
  readonly once: ReadonlyMap<number, string>;
  /** By position; only what comes from another outbox has one. */
  readonly histories: ReadonlyMap<number, ParcelHistory>;
}

/** What became of an {@link AddGroup}; what is not mentioned was kept. */
export interface AddOutcome {
  /** Positions of parcels. */
  readonly duplicates: readonly number[];
  /** Why nothing of an `add` was kept, by its position among the sizes. */
  readonly faults: ReadonlyMap<number, StoreFault>;
}

/** Dead letters by id. What dies during a replay is not of it. */
export interface LetterRange {
  readonly after: number;
  /** Absent: the last of now. */
  readonly upTo?: number;
}

/** What the worker does: arguments and result of each, by name. Every one is one transaction. */
export interface StoreWork {
  add: (group: AddGroup, now: number) => AddOutcome;
  take: (destination: string, most: number, now: number) => Taken;
  takeAll: (destination: string, most: number, now: number) => readonly WaitingParcel[];
  settle: (settlements: readonly Settlement[], now: number) => void;
  waiting: (destination: string | undefined) => number;
  oldest: (destination: string) => number | undefined;
  /** Most at once is the store's own limit. */
  deadLetters: (filter: DeadLetterFilter, after: number, limit: number) => readonly DeadLetter[];
  /** A step of the letters after one and up to another; what is left of them, absent at the end. */
  replay: (filter: DeadLetterFilter, letters: LetterRange, now: number) => { count: number; left?: LetterRange };
  /** A step: the number deleted; 0 at the end. */
  purge: (filter: DeadLetterFilter) => number;
  destinations: () => readonly string[];
  adoptDeadLetters: (letters: readonly DeadLetter[]) => void;
  dropDeadLetters: (upTo: number) => void;
  onceKeys: (after: number, limit: number) => OnceKeyPage;
  adoptOnceKeys: (keys: readonly string[]) => void;
  close: () => void;
}

/** What is done in a thread: methods by name. */
// biome-ignore lint/suspicious/noExplicitAny: any method at all.
export type Work = { readonly [name: string]: (...args: any[]) => unknown };

/** The stores that a thread may have, by name: their settings and their work. */
export interface Stores {
  readonly outbox: { readonly settings: StoreSettings; readonly work: StoreWork };
  readonly journal: { readonly settings: JournalSettings; readonly work: JournalWork };
}

/** To the thread. */
export interface WorkRequest {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** From the thread, in the order of the requests. The first says whether the file is open. */
export type WorkAnswer = { readonly result: unknown } | { readonly fault: StoreFault };

/** What the worker starts with. */
export interface WorkerStart {
  readonly store: keyof Stores;
  readonly settings: { readonly path: string };
  readonly port: MessagePort;
  /** Becomes 1 when the first answer is there. */
  readonly opened: Int32Array;
}
