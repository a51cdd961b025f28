import { sha256Hex } from "#sha256";
import { type Issue, warningIssue } from "../issue.js";
import type { Vendor } from "../vendor.js";
import { normalizeBirthDate } from "./birth-date.js";
import { normalizeCountry } from "./country.js";
import { fields } from "./fields.js";
import type { ParsePhone } from "./phone.js";
import { isMd5, isSha256, longestValue } from "./text.js";
import type { UserData, UserField } from "./user-data.js";

/** One vendor's match keys under their wire names: one value as a string, several as an array. */
export type VendorKeys = Readonly<Record<string, string | readonly string[]>>;

/** The match keys of one person for each vendor, ready to be stored and sent. */
export type MatchKeys = Readonly<Partial<Record<Vendor, VendorKeys>>>;

/** Options of {@link hashUserData}. */
export interface HashOptions {
  /** Reads national phone numbers; without it they are reported. `parsePhone` of `@beaconry/core/phone`. */
  parsePhone?: ParsePhone;
}

/** What {@link hashUserData} gives. */
export interface HashedUserData {
  readonly keys: VendorKeys;
  readonly issues: readonly Issue[];
}

/**
 * A person's match keys as one vendor takes them, normalised and hashed (SHA-256, lower-case hex). A value that is
 * unusable leaves its key out and gives an issue; nothing throws, whatever comes in. A value that is a SHA-256 hash
 * already is passed through in lower case.
 */
export function hashUserData(user: UserData, vendor: Vendor, options: HashOptions = {}): HashedUserData {
  return matchKeys(user, vendor, options, sha256Hex);
}

/** The same as {@link hashUserData} before hashing: for tests, and for people who must check a value. */
export function normalizeUserData(user: UserData, vendor: Vendor, options: HashOptions = {}): HashedUserData {
  return matchKeys(user, vendor, options, (text) => text);
}

function matchKeys(
  user: UserData,
  vendor: Vendor,
  { parsePhone }: HashOptions,
  hash: (text: string) => string,
): HashedUserData {
  const keys: Record<string, string | string[]> = {};
  const issues: Issue[] = [];
  const country = countryOf(user);
  for (const [name, given] of Object.entries(user ?? {})) {
    if (given === undefined || given === null) continue;
    if (!Object.hasOwn(fields, name)) {
      issues.push(warningIssue("unknown_property", `user.${name}`, `user.${name} is no field of a person; left out`));
      continue;
    }
    const field = fields[name as UserField];
    const wire = field.wire[vendor];
    if (!wire) continue;
    const values = new Set<string>();
    for (const one of Array.isArray(given) ? given : [given]) {
      const text = textOf(one);
      const path = `user.${name}`;
      if (text.length > longestValue) {
        issues.push(warningIssue("unusable", path, `${path} is longer than ${longestValue} characters; left out`));
      } else if (isSha256(text)) {
        if (wire.plain) issues.push(warningIssue("unusable", path, `${path} is a hash, ${vendor} takes it plain`));
        else values.add(text.toLowerCase());
      } else if (!field.opaque && isMd5(text)) {
        issues.push(warningIssue("md5", path, `${path} is an MD5 hash; SHA-256 or the plain value is accepted`));
      } else {
        const normal = text && field.normalize(text, country, parsePhone);
        const wired = wire.without ? normal.replace(wire.without, "") : normal;
        if (wired) values.add(wire.plain ? wired : hash(wired));
        else
          issues.push(
            warningIssue("unusable", path, `${path} is unusable and left out: accepted is ${field.accepted}`),
          );
      }
    }
    const [first, ...more] = values;
    if (first === undefined) continue;
    if (more.length > 0 && wire.single) {
      issues.push(
        warningIssue("too_many", `user.${name}`, `${vendor} takes one value of user.${name}; the first is sent`),
      );
    }
    keys[wire.key] = more.length > 0 && !wire.single ? [first, ...more] : first;
  }
  return { keys, issues };
}

/** The person's country decides how phone, state and postal code are read. */
function countryOf(user: UserData): string {
  const given = user?.country;
  const text = textOf(Array.isArray(given) ? given[0] : given);
  return text && text.length <= longestValue ? normalizeCountry(text) : "";
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return value instanceof Date ? normalizeBirthDate(value) : "";
}

/** One vendor's keys of an event: those it has already, and over them those made from `user`. */
export function vendorKeys(
  { user, matchKeys }: { user?: UserData; matchKeys?: MatchKeys },
  vendor: Vendor,
  options: HashOptions,
): HashedUserData {
  if (!user) return { keys: matchKeys?.[vendor] ?? {}, issues: [] };
  const { keys, issues } = hashUserData(user, vendor, options);
  return { keys: { ...matchKeys?.[vendor], ...keys }, issues };
}
