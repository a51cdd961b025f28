import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engine.js";
import { type Names, readSubject, toToken } from "./names.js";
import type { FirstSequences } from "./seen.js";

/** What waits of one destination, by the streams' own count. */
export interface Count {
  readonly messages: number;
  readonly parcels: number;
}

/** One look at the streams. */
export interface Look {
  /** By the destination's token. */
  readonly counts: ReadonlyMap<string, Count>;
  readonly parcels: number;
  readonly firstSequences: FirstSequences;
}

/** Knows how many parcels wait: asks the streams now and then, and counts on by itself meanwhile. */
export interface Census {
  /** What the streams say now. */
  look(): Promise<Look>;
  /** The last look, at most this old, ms. */
  recent(age: number): Promise<Look>;
  /** The last look, if there was one. */
  readonly last: Look | undefined;
  /** How many more parcels there is room for, for the asked number at least where it is the truth. */
  room(asked: number, idle: () => Promise<unknown>): Promise<number>;
  /** This process is about to put so many in. */
  reserve(parcels: number): void;
  /** So many of the reserved are in, or will not come. */
  release(parcels: number, areIn: boolean): void;
}

/** What a {@link Census} works with. */
export interface CensusParts {
  readonly engine: Engine;
  readonly names: Names;
  readonly maxParcels: number;
  /** Parcels that the streams count and that this process has settled already, with others of their message. */
  readonly settledOf: () => number;
  /** Resolves when the streams know of all that was acknowledged so far. */
  readonly acknowledged: () => Promise<void>;
}

/** A look older than this is renewed in the background while parcels are added, ms. */
const freshness = 1_000;
/** What was acknowledged a moment ago may be counted still: so long, ms, it takes at most while nothing is wrong. */
const lag = 50;

/** Has not looked yet. */
export function createCensus({ engine, names, maxParcels, settledOf, acknowledged }: CensusParts): Census {
  let last: Look | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<Look> | undefined;
  /** Reserved and not released yet, and put in since the last look began. */
  let underWay = 0;
  let addedSince = 0;

  async function look(): Promise<Look> {
    await acknowledged();
    const addedBefore = addedSince;
    const startedAt = performance.now();
    const counts = new Map<string, Count>();
    const firstSequences = { new: 0, later: 0 };
    await Promise.all(
      (["new", "later"] as const).map(async (stream) => {
        const { state } = await engine.run("counting what waits", ({ manager }) =>
          manager.streams.info(names.streams[stream], { subjects_filter: ">" }),
        );
        firstSequences[stream] = state.first_seq;
        for (const [subject, messages] of Object.entries(state.subjects ?? {})) {
          const { token, count } = readSubject(subject);
          const known = counts.get(token) ?? { messages: 0, parcels: 0 };
          counts.set(token, { messages: known.messages + messages, parcels: known.parcels + messages * count });
        }
      }),
    );
    const parcels = [...counts.values()].reduce((sum, count) => sum + count.parcels, 0);
    last = { counts, parcels, firstSequences };
    lookedAt = startedAt;
    // What got there meanwhile counts twice rather than not at all.
    addedSince -= addedBefore;
    return last;
  }

  async function recent(age: number): Promise<Look> {
    if (last && performance.now() - lookedAt < age) return last;
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  const left = ({ parcels }: Look) => maxParcels - (parcels - settledOf() + addedSince + underWay);

  return {
    look,
    recent,
    get last() {
      return last;
    },
    async room(asked, idle) {
      // The first time there is nothing to count on from.
      const known = last ?? (await recent(0));
      if (performance.now() - lookedAt > freshness) void recent(freshness).catch(() => undefined);
      if (left(known) >= asked) return left(known);
      // Near the limit by the estimate: the truth, twice.
      await idle();
      if (left(await look()) < asked) {
        await sleep(lag, undefined, { ref: false });
        await look();
      }
      return last ? left(last) : 0;
    },
    reserve(parcels) {
      underWay += parcels;
    },
    release(parcels, areIn) {
      underWay -= parcels;
      if (areIn) addedSince += parcels;
    },
  };
}

/** Of one destination in a look. */
export function countOf({ counts }: Look, destination: string): Count {
  return counts.get(toToken(destination)) ?? { messages: 0, parcels: 0 };
}
