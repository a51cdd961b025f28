import type { Issue, MatchKeys, PersonRead, UserData, Vendor, VendorKeys } from "@beaconry/core";
import type { PixelStorage } from "./storage.js";

/** Who the person is, as hashes only, and this browser's anonymous id. */
export interface Identity {
  /**
   * `undefined` where nothing is known. The anonymous id is the external id of a person who has no other, once it is
   * kept. What is still being read comes into the same object later, so that events which wait get it too.
   */
  keys(): MatchKeys | undefined;
  /** This browser's own id, once it is kept. */
  anonymousId(): string | undefined;
  /** Hashes at once, unless the form is unusual. What is learned adds to what is known, unless it is of somebody else: then it replaces it. */
  learn(user: UserData): void;
  /** Adds what earlier pages kept, keeps all for later ones, and loads what reads the rest. Only under consent. */
  keep(): void;
  /** Also what is kept. */
  forget(): void;
  /**
   * Forgets whom another page has forgotten, or replaced, since this one kept them: what that page kept counts. Gives
   * whether it did.
   */
  reload(): boolean;
  /** Resolves when all that is being read has become keys; never rejects. */
  settled(): Promise<void>;
}

/** What an identity is made of. */
export interface IdentityParts {
  storage: PixelStorage;
  randomId(): string;
  read(user: UserData): PersonRead;
  report(issue: Issue): void;
  /**
   * Called when the keys have changed.
   * @param isSomebodyElse those before were of another person
   */
  onChange(isSomebodyElse: boolean): void;
}

/** Knows nothing yet; see `keep`. */
export function createIdentity({ storage, randomId, read, report, onChange }: IdentityParts): Identity {
  let known: MatchKeys = {};
  let anonymous: { id: string; keys: MatchKeys } | undefined;
  /** Storage has what this page knows: where it is full or denied, it says nothing of other pages. */
  let isKept = false;
  /** Those of this person that are not done, in their order. */
  let readings: Reading[] = [];
  let settled = Promise.resolve();
  /** What `keys` gives until something else is learned. */
  let given: Keys | undefined;
  /** What it gave while something was being read, which is added to them. */
  let open: Keys[] = [];

  function take(keys: MatchKeys, issues: readonly Issue[], reading?: Reading): void {
    issues.forEach(report);
    const isOther = isSomebodyElse(known, keys);
    if (isOther) stopReading();
    const earlier = reading ? readings.slice(0, readings.indexOf(reading)) : readings;
    for (const one of earlier) one.newer = merge(one.newer, keys);
    known = merge(isOther ? {} : known, keys);
    given = undefined;
    if (reading) {
      for (const one of open) {
        Object.assign(one.meta, keys.meta);
        Object.assign(one.tiktok, keys.tiktok);
      }
    }
    onChange(isOther);
  }

  function stopReading(): void {
    readings = [];
    open = [];
  }

  function forgetHere(): void {
    stopReading();
    known = {};
    given = undefined;
    anonymous = undefined;
    isKept = false;
  }

  function beginReadings(): void {
    for (const reading of readings) {
      const done = reading.begin?.().catch(() => {});
      reading.begin = undefined;
      if (!done) continue;
      settled = Promise.all([settled, done]).then(() => {
        readings = readings.filter((one) => one !== reading);
        if (!readings.length) open = [];
      });
    }
  }

  return {
    keys() {
      given ??= merge(anonymous?.keys, known);
      if (readings.length && !open.includes(given)) open.push(given);
      // Every field that TikTok takes, Meta takes as well.
      return Object.keys(given.meta).length ? given : undefined;
    },
    anonymousId: () => anonymous?.id,
    learn(user) {
      const { matchKeys, issues, rest } = read(user);
      take(matchKeys, issues);
      if (!rest) return;
      const reading: Reading = {
        newer: {},
        begin: () =>
          rest((keys, issues) => {
            if (readings.includes(reading)) take(merge(keys, reading.newer), issues, reading);
          }),
      };
      readings = [...readings, reading].slice(-mostReadings);
      if (anonymous) beginReadings();
    },
    keep() {
      given = undefined;
      beginReadings();
      const earlier = hashesOf(storage.read("keys"));
      if (!isSomebodyElse(earlier, known)) known = merge(earlier, known);
      const hashes = hashesOf(known);
      const areKept = JSON.stringify(hashes) === JSON.stringify(earlier) || storage.write("keys", hashes);
      if (!anonymous) {
        const stored = storage.read("id");
        const id = typeof stored === "string" ? stored : randomId();
        if (id !== stored) storage.write("id", id);
        anonymous = { id, keys: read({ externalId: id }).matchKeys };
      }
      isKept = areKept && storage.read("id") === anonymous.id;
    },
    forget() {
      forgetHere();
      storage.remove("keys");
      storage.remove("id");
    },
    reload() {
      const isOther =
        isKept && (storage.read("id") !== anonymous?.id || isSomebodyElse(hashesOf(storage.read("keys")), known));
      if (isOther) forgetHere();
      return isOther;
    },
    settled: () => settled,
  };
}

/** Most readings that wait for leave to load what they need; when one more comes, the oldest goes. */
const mostReadings = 10;

/** What is still being read. */
interface Reading {
  /** Once: only under consent, since it loads a file. */
  begin?(): Promise<void>;
  /** What was learned since it began, and goes before it. */
  newer: MatchKeys;
}

type Keys = Record<Vendor, VendorKeys>;

function merge(older: MatchKeys | undefined, newer: MatchKeys): Keys {
  return { meta: { ...older?.meta, ...newer.meta }, tiktok: { ...older?.tiktok, ...newer.tiktok } };
}

/** Two people share devices: keys of the one must not go out with those of the other. */
function isSomebodyElse({ meta: one }: MatchKeys, { meta: other }: MatchKeys): boolean {
  return ["em", "ph", "external_id"].some((key) => one?.[key] && other?.[key] && `${one[key]}` !== `${other[key]}`);
}

/** Storage gets hashes alone: TikTok takes city, state and country in the clear. Also what is believed of storage. */
export function hashesOf(stored: unknown): Keys {
  const isHash = (value: unknown): boolean => [value].flat().every((one) => /^[0-9a-f]{64}$/.test(one as string));
  const pick = (keys: unknown): VendorKeys =>
    Object.fromEntries(Object.entries((keys ?? {}) as VendorKeys).filter(([, value]) => isHash(value)));
  const { meta, tiktok } = (stored ?? {}) as MatchKeys;
  return { meta: pick(meta), tiktok: pick(tiktok) };
}
