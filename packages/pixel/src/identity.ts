import { hashForVendors, type Issue, type MatchKeys, type UserData, type VendorKeys } from "@beaconry/core";
import type { ParsePhone } from "@beaconry/core/phone";
import type { PixelStorage } from "./storage.js";

/** Who the person is, as hashes only, and this browser's anonymous id. */
export interface Identity {
  /**
   * `undefined` where nothing is known. The anonymous id is the external id of a person who has no other, once it is
   * kept.
   */
  keys(): MatchKeys | undefined;
  /** This browser's own id, once it is kept. */
  anonymousId(): string | undefined;
  /** Hashes at once. What is learned adds to what is known, unless it is of somebody else: then it replaces it. */
  learn(user: UserData): void;
  /** Adds what earlier pages kept, and keeps all for later ones. Only under consent. */
  keep(): void;
  /** Also what is kept. */
  forget(): void;
  /** Resolves when all that was learned has become keys; never rejects. */
  settled(): Promise<void>;
}

/** What an identity is made of. */
export interface IdentityParts {
  storage: PixelStorage;
  randomId(): string;
  importPhone(): Promise<{ parsePhone: ParsePhone }>;
  report(issue: Issue): void;
  /**
   * Called when the keys have changed.
   * @param isSomebodyElse those before were of another person
   */
  onChange(isSomebodyElse: boolean): void;
}

/** Knows nothing yet; see `keep`. */
export function createIdentity({ storage, randomId, importPhone, report, onChange }: IdentityParts): Identity {
  let known = nobody;
  let anonymous: { id: string; keys: Keys } | undefined;
  // Rises when what is still being found out would be of no use any more.
  let turn = 0;
  let reading = Promise.resolve();

  return {
    keys() {
      const keys = anonymous ? merge(anonymous.keys, known) : known;
      // Every field that TikTok takes, Meta takes as well.
      return Object.keys(keys.meta).length ? keys : undefined;
    },
    anonymousId: () => anonymous?.id,
    learn(user) {
      const { keys, issues } = hash(user);
      const other = isSomebodyElse(known, keys);
      if (other || user?.phone) turn++;
      const add = (keys: Keys, other = false) => {
        known = merge(other ? nobody : known, keys);
        onChange(other);
      };
      add(keys, other);
      const ofPhone = ({ path, code }: Issue) => path === "user.phone" && code === "unusable";
      const { phone, country } = user;
      const national = country && issues.some(ofPhone);
      for (const issue of issues) if (!national || !ofPhone(issue)) report(issue);
      if (!national) return;
      const mine = turn;
      const read = importPhone().then(
        ({ parsePhone }) => {
          const fuller = hash({ phone, country }, parsePhone);
          fuller.issues.filter(ofPhone).forEach(report);
          if (turn === mine) add(fuller.keys);
        },
        () => {
          const message =
            "user.phone is left out: @beaconry/core/phone, which reads national numbers, could not be loaded";
          report({ severity: "warning", code: "unusable", path: "user.phone", message });
        },
      );
      reading = Promise.all([reading, read]).then(() => {});
    },
    keep() {
      const earlier = hashesOf(storage.read("keys"));
      if (!isSomebodyElse(earlier, known)) known = merge(earlier, known);
      const hashes = hashesOf(known);
      if (JSON.stringify(hashes) !== JSON.stringify(earlier)) storage.write("keys", hashes);
      if (anonymous) return;
      const stored = storage.read("id");
      const id = typeof stored === "string" ? stored : randomId();
      if (id !== stored) storage.write("id", id);
      anonymous = { id, keys: hash({ externalId: id }).keys };
    },
    forget() {
      known = nobody;
      anonymous = undefined;
      turn++;
      storage.remove("keys");
      storage.remove("id");
    },
    settled: () => reading,
  };
}

interface Keys extends MatchKeys {
  readonly meta: VendorKeys;
  readonly tiktok: VendorKeys;
}

const nobody: Keys = { meta: {}, tiktok: {} };

function hash(user: UserData, parsePhone?: ParsePhone): { keys: Keys; issues: readonly Issue[] } {
  const { matchKeys, issues } = hashForVendors(user, ["meta", "tiktok"], { parsePhone });
  return { keys: { ...nobody, ...matchKeys }, issues };
}

function merge(older: Keys, newer: Keys): Keys {
  return { meta: { ...older.meta, ...newer.meta }, tiktok: { ...older.tiktok, ...newer.tiktok } };
}

/** Two people share devices: keys of the one must not go out with those of the other. */
function isSomebodyElse({ meta: one }: Keys, { meta: other }: Keys): boolean {
  return ["em", "ph", "external_id"].some((key) => one[key] && other[key] && `${one[key]}` !== `${other[key]}`);
}

/** Storage gets hashes alone: TikTok takes city, state and country in the clear. Also what is believed of storage. */
export function hashesOf(stored: unknown): Keys {
  const isHash = (value: unknown): boolean => [value].flat().every((one) => /^[0-9a-f]{64}$/.test(one as string));
  const pick = (keys: unknown): VendorKeys =>
    Object.fromEntries(Object.entries((keys ?? {}) as VendorKeys).filter(([, value]) => isHash(value)));
  const { meta, tiktok } = (stored ?? {}) as MatchKeys;
  return { meta: pick(meta), tiktok: pick(tiktok) };
}
