import type { Settlement } from "../outbox/outbox.js";
import { insist, type Query } from "./database.js";
import { toArray } from "./keep-parcels.js";
import { type ParcelKey, readKey } from "./parcel-key.js";
import { slotsPerSegment } from "./schema.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";
import type { Times } from "./times.js";

/** What is to become of one parcel, all that was said of it together. */
interface Fate extends ParcelKey {
  readonly outcome: Settlement["outcome"];
  /** From now, ms. */
  readonly wait: number;
  /** To be added. */
  readonly attempts: number;
  readonly reason?: string;
  readonly detail?: string;
}

/** What a settler works with. */
export interface SettlerParts {
  readonly query: Query;
  readonly statements: Statements;
  readonly settings: Settings;
  readonly times: Times;
}

/**
 * Settles parcels, in one statement where segments share one fate. Done again when the connection breaks: at worst an
 * attempt counts twice.
 */
export function createSettlement({ query, statements, settings, times }: SettlerParts) {
  const { timeout, maxDeadLetters } = settings;

  /** Gives the segments that have to be split before. */
  async function settleAll(fates: readonly Fate[]): Promise<ReadonlySet<number>> {
    const segments = [...Map.groupBy(fates, segmentOf)].map(([id, ofOne]) => ({ id, ofOne, common: commonOf(ofOne) }));
    const [row] = await query(statements.settle, [
      times.stamp(),
      toArray(fates.map(({ id }) => id)),
      toArray(fates.map(({ outcome }) => outcome)),
      toArray(fates.map(({ wait }) => wait)),
      toArray(fates.map(({ attempts }) => attempts)),
      toArray(fates.map(({ taker }) => taker)),
      fates.map(({ reason }) => reason ?? null),
      // As JSON: vendors' words may hold what no text of PostgreSQL does.
      fates.map(({ detail }) => (detail === undefined ? null : JSON.stringify(detail))),
      toArray(segments.map(({ id }) => id)),
      toArray(segments.map(({ ofOne }) => ofOne.length)),
      toArray(segments.map(({ common }) => common?.outcome ?? "mixed")),
      toArray(segments.map(({ common }) => common?.wait ?? 0)),
      toArray(segments.map(({ common }) => common?.attempts ?? 0)),
      toArray(segments.map(({ common }) => common?.taker ?? 0)),
    ]);
    if (row?.buried) await query(statements.trimDeadLetters, [maxDeadLetters]);
    return new Set(row?.partly ? String(row.partly).split(",").map(Number) : []);
  }

  const split = (segments: ReadonlySet<number>) =>
    insist(timeout, () => query(statements.split, [toArray([...segments])]));

  return async (settlements: readonly Settlement[]): Promise<void> => {
    let left = foldFates(settlements, times.local());
    const dead = left.filter(({ outcome }) => outcome === "dead").map(segmentOf);
    // Letters lie in the order in which they were told: none may have to wait for its segment's split.
    if (dead.length > 1) await split(new Set(dead));
    while (left.length > 0) {
      const partly = await insist(timeout, () => settleAll(left));
      left = left.filter((fate) => partly.has(segmentOf(fate)));
      if (left.length > 0) await split(partly);
    }
  };
}

/** The segment that a parcel came in. */
function segmentOf({ id }: ParcelKey): number {
  return id - (id % slotsPerSegment);
}

/** One fate for each key, in the order in which they were met: of what is delivered or dead nothing more is heard. */
function foldFates(settlements: readonly Settlement[], now: number): readonly Fate[] {
  const fates = new Map<string, Fate>();
  for (const settlement of settlements) {
    const key = readKey(settlement.key);
    if (!key) continue;
    const before = fates.get(settlement.key);
    if (before && before.outcome !== "retry") continue;
    fates.delete(settlement.key);
    fates.set(settlement.key, toFate(key, settlement, now, before?.attempts ?? 0));
  }
  return [...fates.values()];
}

function toFate(key: ParcelKey, settlement: Settlement, now: number, attempts: number): Fate {
  const { outcome } = settlement;
  if (outcome === "retry") {
    return { ...key, outcome, wait: Math.ceil(settlement.at - now), attempts: attempts + (settlement.counted ? 1 : 0) };
  }
  if (outcome === "delivered") return { ...key, outcome, wait: 0, attempts };
  return { ...key, outcome, wait: 0, attempts, reason: settlement.reason, detail: settlement.detail };
}

/** What the parcels of a segment have in common, if it is one fate that needs no row of their own. */
function commonOf(fates: readonly Fate[]): Fate | undefined {
  const [first] = fates;
  if (!first || first.outcome === "dead") return undefined;
  const isCommon = fates.every(
    ({ outcome, wait, attempts, taker }) =>
      outcome === first.outcome && wait === first.wait && attempts === first.attempts && taker === first.taker,
  );
  return isCommon ? first : undefined;
}
