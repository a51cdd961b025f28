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
  readonly reason: DeadReason;
  readonly detail: string;
  /** ms */
  readonly diedAt: number;
}

/** What {@link Outbox.take} gives. */
export interface Taken {
  readonly parcels: readonly LeasedParcel[];
  /** When the next parcel that waits is due, ms; absent when none waits for a time. */
  readonly nextDueAt?: number;
}

/** Keeps parcels until they are settled. What `add` has resolved for is not lost while the outbox lives. */
export interface Outbox {
  /**
   * Keeps all of them or none. A parcel whose destination, name and id were added within the deduplication window is
   * not kept again. Rejects with `outbox_full` or `closed`.
   */
  add(parcels: readonly Parcel[]): Promise<readonly ("added" | "duplicate")[]>;
  /** Leases parcels of a destination that are due, oldest first. */
  take(destination: string, most: number): Promise<Taken>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Parcels not settled yet, of one destination or of all. */
  waiting(destination?: string): Promise<number>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}
