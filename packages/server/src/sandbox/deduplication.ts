import type { DeduplicationKeys, ReceivedEvent } from "./received.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Rule {
  /** How long after the first a copy is recognised, in milliseconds. */
  readonly window: number;
  /** Within this time of the first, the two sides' copies are treated as one arrival, in milliseconds. */
  readonly together: number;
  /** What happens to two sides' copies that arrive together. */
  readonly onTogether: "merge" | "favour browser" | "nothing";
  /** The one order in which a copy is recognised. Default: any, copies of the same side too. */
  readonly order?: readonly [first: ReceivedEvent["side"], second: ReceivedEvent["side"]];
}

const rules: Readonly<Record<DeduplicationKeys["rule"], Rule>> = {
  // TikTok help "event deduplication" (May 2025): merged up to 5 minutes, dropped up to 48 hours.
  tiktok: { window: 48 * HOUR, together: 5 * MINUTE, onTogether: "merge" },
  // Meta's deduplication page: first kept within 48 hours, the browser's favoured when both come within about 5 minutes.
  meta: { window: 48 * HOUR, together: 5 * MINUTE, onTogether: "favour browser" },
  // Events without an id: by name and person, when the browser's comes first, and never within a side.
  metaPerson: { window: 48 * HOUR, together: 0, onTogether: "nothing", order: ["browser", "server"] },
  // Meta's offline events: only against each other, 7 days.
  metaStore: { window: 7 * DAY, together: 0, onTogether: "nothing" },
  // One attributed install per device in 90 days, the first wins.
  metaInstall: { window: 90 * DAY, together: 0, onTogether: "nothing" },
};

interface Kept {
  readonly firstAt: number;
  readonly side: ReceivedEvent["side"];
  readonly sequence: number;
}

export interface Decision {
  readonly outcome: ReceivedEvent["outcome"];
  readonly merged?: true;
  /** The sequence number of an event counted until now that this one replaces. */
  readonly replaces?: number;
}

/** Remembers which events came, and says of each new one whether the vendor would count it. */
export class Deduplication {
  readonly #kept = new Map<string, Kept>();
  readonly #limit: number;

  /** `limit`: how many keys are remembered at most; the oldest are forgotten first. */
  constructor(limit = 200_000) {
    this.#limit = limit;
  }

  /** `sequence` is the caller's number for this event, given back in a later `replaces`. */
  decide(copies: DeduplicationKeys | undefined, side: ReceivedEvent["side"], at: number, sequence: number): Decision {
    if (!copies || copies.keys.length === 0) return { outcome: "counted" };
    const rule = rules[copies.rule];
    const [first = side, second = side] = rule.order ?? [];
    const keys = copies.keys.map((key) => `${copies.rule}\n${key}`);
    const earlier = side === second && this.#find(keys, at - rule.window);
    if (!earlier) {
      if (side === first) this.#remember(keys, { firstAt: at, side, sequence });
      return { outcome: "counted" };
    }
    const together = earlier.side !== side && at - earlier.firstAt <= rule.together;
    if (together && rule.onTogether === "favour browser" && side === "browser") {
      this.#remember(keys, { firstAt: earlier.firstAt, side, sequence });
      return { outcome: "counted", replaces: earlier.sequence };
    }
    if (side === first) this.#remember(keys, earlier);
    return together && rule.onTogether === "merge"
      ? { outcome: "deduplicated", merged: true }
      : { outcome: "deduplicated" };
  }

  clear(): void {
    this.#kept.clear();
  }

  /** The first that came after this time under one of the keys. */
  #find(keys: readonly string[], since: number): Kept | undefined {
    return keys.map((key) => this.#kept.get(key)).find((kept) => kept && kept.firstAt > since);
  }

  #remember(keys: readonly string[], kept: Kept): void {
    for (const key of keys) this.#kept.set(key, kept);
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= this.#limit) break;
      this.#kept.delete(key);
    }
  }
}

/** A key of several parts that no choice of parts can make equal to another. */
export function copyKey(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
