import type { IdentifierKind, JournalStatus } from "../../journal/journal.js";

/** The kinds by number: a new one goes to the end. */
export const identifierKinds = [
  "email",
  "phone",
  "externalId",
  "idfa",
  "gaid",
  "fbp",
  "ttp",
] as const satisfies readonly IdentifierKind[];

/** What a journal's store is made with. */
export interface JournalSettings {
  readonly path: string;
  /** How long events are kept, ms. */
  readonly keep: number;
}

/** One hash: the kind's number, and 64 hex digits. */
export type StoredIdentifier = readonly [kind: number, hash: string];

/** An event on its way into the store. */
export interface JournalRow {
  readonly name: string;
  readonly time: number;
  readonly identifiers: readonly StoredIdentifier[];
  readonly id?: string;
  readonly value?: number;
  readonly currency?: string;
}

/** Events of one name; time and id of the event after which to go on. */
export interface JournalRange {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly after?: readonly [time: number, id: number];
}

/** A step of a {@link JournalRange}; `next` is absent at the end. */
export interface JournalPage {
  readonly events: readonly {
    readonly time: number;
    readonly person: number | null;
    readonly value: number | null;
    readonly currency: string | null;
  }[];
  readonly next?: readonly [time: number, id: number];
}

/** What the thread does: arguments and result of each, by name. Every one is one transaction. */
export interface JournalWork {
  record: (rows: readonly JournalRow[], now: number) => void;
  names: () => readonly string[];
  page: (range: JournalRange) => JournalPage;
  /** The hashes of each of these people, in their order. */
  identifiers: (people: readonly number[]) => readonly (readonly StoredIdentifier[])[];
  /**
   * A step: deletes events of somebody who has one of these, and the rest of them with the last. The number of events;
   * `undefined` when there is nobody any more.
   */
  erase: (identifiers: readonly StoredIdentifier[]) => number | undefined;
  status: () => JournalStatus;
  close: () => void;
}
