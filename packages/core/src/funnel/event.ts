/** What the funnel reads of an event. A journal holds such events; any other source may give them. */
export interface FunnelEvent {
  /** A standard event's name, or one of your own. */
  readonly name: string;
  /** When it happened: Unix time, ms. */
  readonly time: number;
  /**
   * Everything that tells who it was, hashed: e-mail, customer number, browser id. Two events that have one in common
   * are the same person's. Without any the event counts for revenue, but for no person.
   */
  readonly identifiers: readonly string[];
  /** A second event of the same name and id within 48 hours is a copy of the first, and counts nowhere. */
  readonly id?: string;
  /** What a purchase was worth; with `currency`. */
  readonly value?: number;
  /** ISO 4217. Amounts of different currencies are never added up. */
  readonly currency?: string;
}

/** Events in any order, best in that of time: copies are recognised among those of the last 48 hours. */
export type FunnelEvents = Iterable<FunnelEvent> | AsyncIterable<FunnelEvent>;

/** Amounts by currency. */
export type Money = Readonly<Record<string, number>>;
