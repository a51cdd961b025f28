import { hashForVendors, type Issue, type MatchKeys, type UserData, type VendorKeys } from "@beaconry/core";
import type { ParsePhone } from "@beaconry/core/phone";
import type { PixelStorage } from "./storage.js";

/** Who the person is, as hashes only. */
export interface Identity {
  /** `undefined` where nothing is known. */
  keys(): MatchKeys | undefined;
  /** Hashes at once. What is learned adds to what is known, unless it is of somebody else: then it replaces it. */
  learn(user: UserData): void;
  /** Adds what earlier pages kept, and keeps all for later ones. Only under consent. */
  keep(): void;
  forget(): void;
  /** Resolves when all that was learned has become keys; never rejects. */
  settled(): Promise<void>;
}

/** What an identity is made of. */
export interface IdentityParts {
  storage: PixelStorage;
  importPhone(): Promise<{ parsePhone: ParsePhone }>;
  report(issue: Issue): void;
  /** Called when the keys have changed. */
  onChange(): void;
}

/** Knows nothing yet; see `keep`. */
export function createIdentity({ storage, importPhone, report, onChange }: IdentityParts): Identity {
  let known: Keys = { meta: {}, tiktok: {} };
  // Rises when what is still being found out would be of no use any more.
  let turn = 0;
  let reading = Promise.resolve();
  const add = (keys: Keys) => {
    known = merge(known, keys);
    onChange();
  };

  return {
    // Every field that TikTok takes, Meta takes as well.
    keys: () => (Object.keys(known.meta).length ? known : undefined),
    learn(user) {
      const { keys, issues } = hash(user);
      if (isSomebodyElse(known, keys)) {
        known = { meta: {}, tiktok: {} };
        turn++;
      }
      if (user?.phone) turn++;
      add(keys);
      const ofPhone = (issue: Issue) => issue.path === "user.phone" && issue.code === "unusable";
      const national = user?.country && issues.some(ofPhone);
      for (const issue of issues) if (!national || !ofPhone(issue)) report(issue);
      if (!national) return;
      const mine = turn;
      const { phone, country } = user;
      const read = importPhone().then(
        ({ parsePhone }) => {
          const fuller = hash({ phone, country }, parsePhone);
          fuller.issues.filter(ofPhone).forEach(report);
          if (turn === mine) add(fuller.keys);
        },
        () =>
          report({
            severity: "warning",
            code: "unusable",
            path: "user.phone",
            message: "user.phone is left out: @beaconry/core/phone, which reads national numbers, could not be loaded",
          }),
      );
      reading = Promise.all([reading, read]).then(() => {});
    },
    keep() {
      const earlier = hashesOf(storage.read("keys"));
      if (!isSomebodyElse(earlier, known)) known = merge(earlier, known);
      const hashes = hashesOf(known);
      if (JSON.stringify(hashes) !== JSON.stringify(earlier)) storage.write("keys", hashes);
    },
    forget() {
      known = { meta: {}, tiktok: {} };
      turn++;
    },
    settled: () => reading,
  };
}

interface Keys extends MatchKeys {
  readonly meta: VendorKeys;
  readonly tiktok: VendorKeys;
}

function hash(user: UserData, parsePhone?: ParsePhone): { keys: Keys; issues: readonly Issue[] } {
  const { matchKeys, issues } = hashForVendors(user, ["meta", "tiktok"], { parsePhone });
  const { meta = {}, tiktok = {} } = matchKeys;
  return { keys: { meta, tiktok }, issues };
}

function merge(older: Keys, newer: Keys): Keys {
  return { meta: { ...older.meta, ...newer.meta }, tiktok: { ...older.tiktok, ...newer.tiktok } };
}

/** Two people share devices: keys of the one must not go out with those of the other. */
function isSomebodyElse({ meta: one }: Keys, { meta: other }: Keys): boolean {
  return ["em", "ph", "external_id"].some((key) => one[key] && other[key] && `${one[key]}` !== `${other[key]}`);
}

/** Storage gets hashes alone: TikTok takes city, state and country in the clear. Also what is believed of storage. */
function hashesOf(stored: unknown): Keys {
  const isHash = (value: unknown): boolean =>
    Array.isArray(value) ? value.every(isHash) : typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
  const pick = (vendor: "meta" | "tiktok"): VendorKeys => {
    const keys = (stored as Partial<Keys> | null)?.[vendor];
    return Object.fromEntries(Object.entries(keys ?? {}).filter(([, value]) => isHash(value)));
  };
  return { meta: pick("meta"), tiktok: pick("tiktok") };
}
