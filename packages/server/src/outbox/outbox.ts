/** One event for one destination, in the vendor's own format: hashed, ready to send. */
export interface Parcel {
  readonly destination: string;
  /** The event's name and id: with `destination`, what makes it the same parcel. */
  readonly name: string;
  readonly id: string;
  /** When the event happened, ms. */
  readonly time: number;
  /** When it is too old for the vendor, ms. */
  readonly expiresAt: number;
  /** Parcels of the same group may share a request. */
  readonly group: string;
  /** JSON. */
  readonly body: string;
  /**
   * Of all parcels of a destination with this text the first is kept and no other, whatever their ids, also long after
   * it was delivered: such as one install for each device. Only {@link Outbox.add} reads it.
   */
  readonly once?: string;
}

/** A parcel taken for delivery. It comes back by itself when it is not settled within the lease. */
export interface LeasedParcel extends Parcel {
  readonly key: string;
  /** Deliveries tried before this one. */
  readonly attempts: number;
}

/** What became of a leased parcel. */
export type Settlement =
  | { readonly key: string; readonly outcome: "delivered" }
  /** Try again at `at`, ms. `counted`: whether this was an attempt, or just a wait for the destination. */
  | { readonly key: string; readonly outcome: "retry"; readonly at: number; readonly counted: boolean }
  /** Never again: kept as a dead letter with the reason. */
  | { readonly key: string; readonly outcome: "dead"; readonly reason: DeadReason; readonly detail: string };

/** Why a parcel was given up. */
export type DeadReason = "refused" | "expired" | "attempts";

/** A parcel given up, with the vendor's words. */
export interface DeadLetter extends Parcel {
  /** Its place in the list, for {@link DeadLetterPage.after}. */
  readonly key: string;
  readonly reason: DeadReason;
  readonly detail: string;
  /** ms */
  readonly diedAt: number;
}

/** Which dead letters are meant; without members, all. */
export interface DeadLetterFilter {
  readonly destination?: string;
  readonly reason?: DeadReason;
}

/** Which dead letters to list, and how many at once. */
export interface DeadLetterPage extends DeadLetterFilter {
  /** Only those after the letter with this key. */
  readonly after?: string;
  /** Most letters given. Default: all. */
  readonly limit?: number;
}

/** What {@link Outbox.take} gives. */
export interface Taken {
  readonly parcels: readonly LeasedParcel[];
  /** When the next parcel that waits is due, ms; absent when none waits for a time. */
  readonly nextDueAt?: number;
  /** Another process had this destination paused: until then nothing of it is given, ms. */
  readonly pausedUntil?: number;
}

/** What {@link Outbox.add} may be told beside the parcels. */
export interface AddOptions {
  /**
   * An open transaction of the database in which the outbox lives: the parcels are kept if it commits, and never were
   * there if it does not. Rejects with `invalid_option` where the outbox is in no database of the caller's.
   */
  readonly transaction?: unknown;
}

/** Keeps parcels until they are settled. What `add` has resolved for is not lost while the outbox lives. */
export interface Outbox {
  /**
   * Keeps all of them or none. A parcel is not kept again whose destination, name and id were added within the
   * deduplication window or wait still, or whose `once` was kept before. Rejects with `outbox_full`, `outbox_failed`
   * or `closed`.
   *
   * `jetstreamOutbox` is exact only for what the same process adds, but for `once`; and what it rejects with
   * `outbox_failed` may be kept in part: added again, that part is recognised.
   */
  add(parcels: readonly Parcel[], options?: AddOptions): Promise<readonly ("added" | "duplicate")[]>;
  /**
   * Leases parcels of a destination that are due: first those that come back, in the order in which they became due,
   * then those never taken, oldest first.
   */
  take(destination: string, most: number): Promise<Taken>;
  /** What no longer waits under its key is left alone. */
  settle(settlements: readonly Settlement[]): Promise<void>;
  /**
   * Parcels not settled yet, of one destination or of all.
   *
   * `jetstreamOutbox` is exact only for what the same process settles: of a message that another has settled in part all
   * parcels count, and those that went back count twice, until that process has settled the rest of it.
   */
  waiting(destination?: string): Promise<number>;
  /** When the event happened whose parcel of this destination has waited longest, ms; `undefined` when none waits. */
  oldest(destination: string): Promise<number | undefined>;
  /** Dead letters, oldest first. */
  deadLetters(page?: DeadLetterPage): Promise<readonly DeadLetter[]>;
  /**
   * Puts dead letters back, oldest first, as many as there is room for: the same name, id and body, attempts from 0.
   * Those that are too old for the vendor by now stay dead. One whose event waits again already is only removed.
   * Gives the number put back.
   */
  replay(filter?: DeadLetterFilter): Promise<number>;
  /** Deletes dead letters; gives their number. */
  purge(filter?: DeadLetterFilter): Promise<number>;
  close(): Promise<void>;

  // The rest is for outboxes that processes on many machines share; others lack it.

  /**
   * Calls the listener when another process may have put parcels in. Returns what ends it. Without it they are found
   * within a minute.
   */
  watch?(listener: () => void): () => void;
  /** Nothing of this destination is given to any process before `until`, ms. A later end wins over an earlier one. */
  pause?(destination: string, until: number): Promise<void>;
  /**
   * Adds members to a set that all processes have in common, as long as it has fewer than `most`; gives all that are in
   * it then.
   */
  share?(set: string, members: readonly string[], most: number): Promise<readonly string[]>;
}
