import { sha256Hex } from "#sha256";
import type { Vendor } from "../vendor.js";
import { countryCodes } from "./country-codes.js";
import { normalizePlainEmail } from "./email.js";
import type { MatchKeys } from "./hash-user-data.js";
import { internationalDigits } from "./international-digits.js";
import { isAscii, isHashOfNothing, isMd5, isSha256, lettersAndDigits, lettersOfName, longestValue } from "./text.js";
import type { UserData, UserField } from "./user-data.js";
import { type WireKey, wireKeys } from "./wire-keys.js";
import { normalizeZip } from "./zip.js";

/** What could be read of a person's data. */
export interface UsualForms {
  readonly matchKeys: MatchKeys;
  /** The fields, known or not, of which a value is in another form, or unusable: their keys are left out. */
  readonly unread: readonly string[];
}

/** `""` for a text in another form. It comes trimmed; `country` is alpha-2 in lower case, or `""`. */
const readers: Readonly<Record<UserField, (text: string, country: string) => string>> = {
  email: normalizePlainEmail,
  phone(text) {
    const digits = /^\(?\+[\d ().-]{1,39}$/.test(text) && !text.includes("(0)") ? text.replace(/\D/g, "") : "";
    return internationalDigits(digits);
  },
  firstName: lettersOfName,
  lastName: lettersOfName,
  birthDate(text) {
    const day = text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
    // A day that never was is another one in JSON, or none.
    const isDay = /^(1[89]|2[01])\d\d-\d\d-\d\d$/.test(day) && new Date(day).toJSON()?.startsWith(day);
    return isDay ? day.replaceAll("-", "") : "";
  },
  gender: (text) => (/^(f|m|female|male)$/i.test(text) ? text.slice(0, 1).toLowerCase() : ""),
  city: lettersOfName,
  // In the United States and Canada, names have codes.
  state: (text, country) => (/^(us|ca|)$/.test(country) && !/^[a-z]{2}$/i.test(text) ? "" : lettersAndDigits(text)),
  zip: (text, country) => (isAscii(text) ? normalizeZip(text, country) : ""),
  country: (text) => (countryCodes.has(text.toLowerCase()) ? text.toLowerCase() : ""),
  externalId: (text) => text.normalize("NFC"),
};

/**
 * A person's match keys for both vendors, of values in the form that most have: those of `hashForVendors`, by a part of
 * its code that is small enough for every page. Reads no names of states and countries, no other order of dates, no
 * phone numbers without a plus, no e-mail addresses and postal codes beyond ASCII; says nothing of what is wrong with a
 * value.
 */
export function hashUsualForms(user: UserData): UsualForms {
  const matchKeys: Record<Vendor, Record<string, string | readonly string[]>> = { meta: {}, tiktok: {} };
  const unread = new Set<string>();
  const country = isGiven(user.country) ? readers.country(textOf([user.country].flat()[0]), "") : undefined;
  for (const [name, given] of Object.entries(user)) {
    const isKnown = Object.hasOwn(wireKeys, name);
    if (isKnown && !isGiven(given)) continue;
    if (!isKnown || (country === "" && /^(state|zip)$/.test(name))) {
      unread.add(name);
      continue;
    }
    for (const [vendor, wire] of Object.entries(wireKeys[name as UserField])) {
      const keys = [...new Set([given].flat().map((value) => keyOf(value, name as UserField, wire, country ?? "")))];
      const [first, ...more] = keys;
      if (keys.includes("") || (wire.single && more.length)) unread.add(name);
      else if (first) matchKeys[vendor as Vendor][wire.key] = more.length ? keys : first;
    }
  }
  return { matchKeys, unread: [...unread] };
}

function keyOf(value: unknown, name: UserField, { plain, prefix = "" }: WireKey, country: string): string {
  const text = textOf(value);
  if (isSha256(text)) return plain || isHashOfNothing(text) ? "" : text.toLowerCase();
  const isOdd = text.length > longestValue || (isMd5(text) && name !== "externalId");
  const normal = isOdd ? "" : readers[name](text, country);
  return plain || !normal ? normal : sha256Hex(prefix + normal);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === "string" || Number.isFinite(value) ? String(value).trim() : "";
}
