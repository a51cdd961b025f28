import type { EventEntry, RequestEntry } from "../../feed/entries.js";
import { endpoints, type Side, type Vendor } from "./endpoints.js";

/** What became of an event, seen over all of its copies. */
export type RowState = "paired" | "single" | "waiting" | "repeated" | "late" | "alone" | "twice" | "refused";

/** An event's copy; its outcome may still change. */
export type Copy = Omit<EventEntry, "outcome"> & { outcome: EventEntry["outcome"] };

/** One event of one vendor: every copy of the same name and id. */
export interface EventRow {
  readonly kind: "event";
  /** Its place in the list: rows that began later have a higher number. */
  readonly order: number;
  readonly vendor: Vendor;
  readonly name: string;
  readonly id?: string;
  /** When its first copy arrived, Unix ms. */
  readonly at: number;
  /** In the order of arrival; further ones are only counted in `more`. */
  readonly copies: Copy[];
  more: number;
  state: RowState;
  /** The estimate of match quality, 0 to 10. */
  quality: number;
}

/** One request that was not taken. */
export interface RequestRow {
  readonly kind: "request";
  readonly order: number;
  readonly vendor: Vendor;
  readonly at: number;
  readonly state: "refused";
  readonly entry: RequestEntry;
}

export type Row = EventRow | RequestRow;

export type Tone = "good" | "calm" | "warn" | "bad";

interface StateRow {
  readonly label: string;
  readonly tone: Tone;
  /** Whether a developer should look at it. */
  readonly isIssue: boolean;
}

export const states: Readonly<Record<RowState, StateRow>> = {
  paired: { label: "Deduplicated", tone: "good", isIssue: false },
  single: { label: "Counted", tone: "good", isIssue: false },
  waiting: { label: "Waiting", tone: "calm", isIssue: false },
  repeated: { label: "Sent again", tone: "calm", isIssue: false },
  late: { label: "Late copy", tone: "warn", isIssue: true },
  alone: { label: "Alone", tone: "warn", isIssue: true },
  twice: { label: "Counted twice", tone: "bad", isIssue: true },
  refused: { label: "Refused", tone: "bad", isIssue: true },
};

/** Within this time of each other the two sides' copies count as one arrival, ms: TikTok merges them, Meta favours the browser's. */
export const TOGETHER = 5 * 60_000;

export const sideOf = (copy: Pick<Copy, "endpoint">): Side => endpoints[copy.endpoint].side;

export function firstOf(row: EventRow, side: Side): Copy | undefined {
  return row.copies.find((copy) => sideOf(copy) === side);
}

/** The state of an event. `expected`: the source sends from both sides; `waiting`: the other side may still come. */
export function stateOf(row: EventRow, expected: boolean, waiting: boolean): RowState {
  const browser = firstOf(row, "browser");
  const server = firstOf(row, "server");
  if (row.copies.filter(({ outcome }) => outcome === "counted").length > 1) return "twice";
  if (browser && server) return Math.abs(browser.receivedAt - server.receivedAt) > TOGETHER ? "late" : "paired";
  if (expected) return waiting ? "waiting" : "alone";
  return row.copies.length + row.more > 1 || row.copies[0]?.outcome === "deduplicated" ? "repeated" : "single";
}

/** The warnings of all copies, each once. */
export function warningsOf(row: EventRow): readonly string[] {
  return row.copies.length === 1
    ? (row.copies[0]?.warnings ?? [])
    : [...new Set(row.copies.flatMap((copy) => copy.warnings))];
}

/** How many things a developer should look at. */
export function issueCount(row: Row): number {
  if (row.kind === "request") return 1;
  return warningsOf(row).length + (states[row.state].isIssue ? 1 : 0);
}
