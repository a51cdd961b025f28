import type { DeadLetter, LeasedParcel, Outbox } from "./outbox.js";

/** A parcel that waits, with its history. */
export interface WaitingParcel extends LeasedParcel {
  /** When it was due, or its lease over, before it was handed out, ms; 0 when it was never taken. */
  readonly dueAt: number;
}

/** Some of an outbox's register of `once`. */
export interface OnceKeyPage {
  /** As `toOnceKey` makes them. */
  readonly keys: readonly string[];
  /** The `after` of the next page; absent at the end. */
  readonly next?: string;
}

/** An outbox that outlives its process: what it holds can be listed and moved into another. */
export interface MovableOutbox extends Outbox {
  /** Destinations of which parcels wait or dead letters are kept, in alphabetical order. */
  destinations(): Promise<readonly string[]>;
  /**
   * Leases parcels of a destination, due or not, held by somebody or not: for moving them while nobody delivers. Whoever
   * calls again before they are settled may be given the same ones. Empty when nothing waits.
   */
  takeAll(destination: string, most: number): Promise<readonly WaitingParcel[]>;
  /** As {@link Outbox.add}, but keeps attempts and due times. `key` is not read. */
  adopt(parcels: readonly WaitingParcel[]): Promise<readonly ("added" | "duplicate")[]>;
  /** Keeps dead letters of another outbox with reason, words and time, the first the oldest. `key` is not read. */
  adoptDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** Deletes dead letters up to and with the one of this key, in the order in which they are listed. */
  dropDeadLetters(upTo: string): Promise<void>;
  /** The register of `once`, page by page. */
  onceKeys(page: { readonly after?: string; readonly limit: number }): Promise<OnceKeyPage>;
  /** Puts keys into the register of `once`; what is there already stays. */
  adoptOnceKeys(keys: readonly string[]): Promise<void>;
}
