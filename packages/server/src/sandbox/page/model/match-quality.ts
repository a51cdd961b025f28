import type { Vendor } from "./endpoints.js";

/**
 * How well a vendor could recognise the person of an event, estimated. The vendors show scores of their own and do not
 * say how they come about; this one is ours. Each match key is taken as a chance of being recognised by it, the chances
 * as independent of each other: 10 × (1 − product of (1 − chance)). The chances follow what the vendors' documents say
 * a key is: of one person, of one browser or device, or of many people at once, which alone Meta refuses as too weak.
 */
export interface MatchQuality {
  /** 0 to 10. */
  readonly score: number;
  readonly grade: "great" | "good" | "fair" | "poor";
  readonly keys: readonly KeyShare[];
  /** Keys that would raise it most, the best first. */
  readonly advice: readonly { readonly key: string; readonly meaning: string; readonly score: number }[];
}

export interface KeyShare {
  readonly key: string;
  readonly meaning: string;
  /** 0 when it does not count. */
  readonly chance: number;
  /** Why it does not count. */
  readonly reason?: string;
}

type Strength = "person" | "browser" | "many";

/** The chance of being recognised by one key of each strength. */
export const chances: Readonly<Record<Strength, number>> = { person: 0.5, browser: 0.25, many: 0.08 };
/** Address and user agent tell little apart, and something together. */
const PAIR = 0.2;
const HALF_PAIR = 0.05;

interface KeyRow {
  readonly strength: Strength;
  readonly meaning: string;
}

const person = (meaning: string): KeyRow => ({ strength: "person", meaning });
const browser = (meaning: string): KeyRow => ({ strength: "browser", meaning });
const many = (meaning: string): KeyRow => ({ strength: "many", meaning });

const keys: Readonly<Record<Vendor, Readonly<Record<string, KeyRow>>>> = {
  tiktok: {
    email: person("e-mail address"),
    phone: person("phone number"),
    phone_number: person("phone number"),
    sha256_email: person("e-mail address"),
    sha256_phone_number: person("phone number"),
    ttclid: person("click on an ad"),
    idfa: person("advertising id"),
    gaid: person("advertising id"),
    external_id: browser("your customer id"),
    ttp: browser("browser"),
    idfv: browser("device, among your apps"),
    first_name: many("first name"),
    last_name: many("last name"),
    zip_code: many("postal code"),
    city: many("city"),
    state: many("state"),
    country: many("country"),
  },
  meta: {
    em: person("e-mail address"),
    ph: person("phone number"),
    fbc: person("click on an ad"),
    ctwa_clid: person("click to WhatsApp"),
    fb_login_id: person("Facebook login"),
    lead_id: person("lead of an ad"),
    madid: person("advertising id"),
    advertiser_id: person("advertising id"),
    page_scoped_user_id: person("Messenger user"),
    ig_sid: person("Instagram user"),
    external_id: browser("your customer id"),
    app_user_id: browser("your customer id"),
    fbp: browser("browser"),
    anon_id: browser("installation of the app"),
    attribution: browser("device"),
    subscription_id: browser("subscription"),
    fn: many("first name"),
    ln: many("last name"),
    fi: many("initial"),
    f5first: many("start of the first name"),
    f5last: many("start of the last name"),
    db: many("birth date"),
    dob: many("birth date"),
    dobd: many("birth day"),
    dobm: many("birth month"),
    doby: many("birth year"),
    ge: many("gender"),
    ct: many("city"),
    st: many("state"),
    zp: many("postal code"),
    cn: many("country"),
    country: many("country"),
  },
};

/** The address and user agent of each vendor. A tag's request carries both by itself. */
const pairs: Readonly<Record<Vendor, readonly [address: string, userAgent: string]>> = {
  tiktok: ["ip", "user_agent"],
  meta: ["client_ip_address", "client_user_agent"],
};

/** What is worth advising, the keys that most shops can send. */
const advisable: Readonly<Record<Vendor, readonly string[]>> = {
  tiktok: ["email", "phone", "ttclid", "external_id", "ttp"],
  meta: ["em", "ph", "fbc", "external_id", "fbp"],
};

export interface Evidence {
  readonly vendor: Vendor;
  readonly matchKeys: readonly string[];
  readonly warnings: readonly string[];
  /** Whether it came from a browser, whose request tells address and user agent. */
  readonly fromBrowser: boolean;
}

export function matchQuality({ vendor, matchKeys, warnings, fromBrowser }: Evidence): MatchQuality {
  const [address, userAgent] = pairs[vendor];
  const shares = matchKeys
    .filter((key) => key !== address && key !== userAgent)
    .map((key): KeyShare => {
      const row = Object.hasOwn(keys[vendor], key) ? keys[vendor][key] : undefined;
      const reason = row ? spoilt(key, warnings) : "not a key that this estimate knows";
      const meaning = row?.meaning ?? "";
      return reason === undefined && row
        ? { key, meaning, chance: chances[row.strength] }
        : { key, meaning, chance: 0, reason };
    });
  const own = [address, userAgent].filter((key) => matchKeys.includes(key));
  const usable = own.filter((key) => spoilt(key, warnings) === undefined);
  const isPair = fromBrowser || usable.length === 2;
  if (isPair) {
    const key = fromBrowser ? "(the browser's request)" : `${address} + ${userAgent}`;
    shares.push({ key, meaning: "address and user agent", chance: PAIR });
  } else {
    for (const key of own) {
      const reason = spoilt(key, warnings);
      const meaning = key === address ? "address" : "user agent";
      shares.push(reason === undefined ? { key, meaning, chance: HALF_PAIR } : { key, meaning, chance: 0, reason });
    }
  }
  const score = scoreOf(shares);
  const counting = new Set(shares.filter(({ chance }) => chance > 0).map(({ meaning }) => meaning));
  const advice = advisable[vendor].flatMap((key) => {
    const row = keys[vendor][key];
    if (!row || counting.has(row.meaning)) return [];
    const with_ = { key, meaning: row.meaning, chance: chances[row.strength] };
    return [{ key, meaning: row.meaning, score: scoreOf([...shares, with_]) }];
  });
  return { score, grade: gradeOf(score), keys: sorted(shares), advice: advice.slice(0, 3) };
}

export function gradeOf(score: number): MatchQuality["grade"] {
  if (score >= 8) return "great";
  if (score >= 6) return "good";
  return score >= 4 ? "fair" : "poor";
}

function scoreOf(shares: readonly Pick<KeyShare, "chance" | "meaning">[]): number {
  // Two keys of one meaning (an address hashed by two scripts) tell no more than one.
  const byMeaning = new Map(shares.map(({ meaning, chance }) => [meaning, chance]));
  for (const { meaning, chance } of shares) byMeaning.set(meaning, Math.max(chance, byMeaning.get(meaning) ?? 0));
  const missed = [...byMeaning.values()].reduce((product, chance) => product * (1 - chance), 1);
  return Math.round((1 - missed) * 100) / 10;
}

function sorted(shares: readonly KeyShare[]): readonly KeyShare[] {
  return [...shares].sort((a, b) => b.chance - a.chance || a.key.localeCompare(b.key));
}

/** Where warnings say a key lies. */
const PLACES = /^(?:user|user_data|ud|context\.user)\./;

/** The warning that says this key's value can not match, without the key; recommendations spoil nothing. */
function spoilt(key: string, warnings: readonly string[]): string | undefined {
  const ofKey = warnings.map((text) => text.replace(PLACES, "")).find((text) => text.startsWith(`${key} `));
  return ofKey === undefined || ofKey.includes("recommended") ? undefined : ofKey.slice(key.length + 1);
}
