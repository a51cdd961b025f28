import type { UserData } from "@beaconry/core";
import type { AudienceRule, FunnelEvent } from "@beaconry/core/funnel";

/** Which events of a journal are meant; without members, all. */
export interface JournalQuery {
  /** Happened at this time or later: Unix time, ms. */
  readonly from?: number;
  /** Happened before this time: Unix time, ms. */
  readonly to?: number;
  /** Only events of these names. */
  readonly names?: readonly string[];
}

/** What is known of somebody by hashes, each by what it is the hash of: see {@link IdentifierKind}. */
export type HashedPerson = Readonly<Partial<Record<IdentifierKind, readonly string[]>>>;

/**
 * What an identifier is the SHA-256 of, as TikTok hashes it: an e-mail address, a phone number with `+`, your own id of
 * the person, an advertising id of iOS or Android, a vendor's browser id.
 */
export type IdentifierKind = "email" | "phone" | "externalId" | "idfa" | "gaid" | "fbp" | "ttp";

/** How large a journal is. */
export interface JournalStatus {
  readonly events: number;
  readonly people: number;
  /** When the oldest event kept happened: Unix time, ms; absent when there is none. */
  readonly oldest?: number;
}

/** Keeps the events that a tracker accepted, for funnel reports and audiences; people as hashes only. */
export interface Journal {
  /**
   * Keeps events; one whose name and id it has is left alone, and one that is too old by now. `identifiers` are
   * `kind:hash`, such as `email:…`. Rejects with `invalid_option`, `journal_failed` or `closed`.
   */
  record(events: readonly FunnelEvent[]): Promise<void>;
  /** The events, each with one identifier that stands for the person, in no order. */
  events(query?: JournalQuery): AsyncIterable<FunnelEvent>;
  /** Everybody to whom the rule applies, with all hashes known. `now`: Unix time, ms; default the clock. */
  members(rule: AudienceRule, now?: number): AsyncIterable<HashedPerson>;
  /** Deletes everything about whoever has one of these, in the clear or hashed. Gives the number of events deleted. */
  erase(person: Pick<UserData, "email" | "phone" | "externalId" | "country">): Promise<number>;
  status(): Promise<JournalStatus>;
  close(): Promise<void>;
}
