import { sha256Hex } from "#sha256";
import { type Issue, type IssueCode, warningIssue } from "../issue.js";
import { remember } from "../remember.js";
import type { Vendor } from "../vendor.js";
import { normalizeBirthDate } from "./birth-date.js";
import { normalizeCountry } from "./country.js";
import { fieldNames, fieldsOf, type VendorField } from "./fields.js";
import type { ParsePhone } from "./phone.js";
import { isHashOfNothing, isMd5, isSha256, longestValue } from "./text.js";
import type { UserData } from "./user-data.js";

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
  return matchKeys(user, vendor, options, (text, { repeats }) => (repeats ? hashOfRepeated(text) : sha256Hex(text)));
}

/** The same as {@link hashUserData} before hashing: for tests, and for people who must check a value. */
export function normalizeUserData(user: UserData, vendor: Vendor, options: HashOptions = {}): HashedUserData {
  return matchKeys(user, vendor, options, (text) => text);
}

/** For the few values that many people share. What is one person's own is never kept. */
const hashOfRepeated = /* @__PURE__ */ remember(sha256Hex);

/** What making one person's keys takes, beside the values. */
interface Making {
  readonly vendor: Vendor;
  /** ISO 3166-1 alpha-2 in lower case, or `""`: decides how phone, state and postal code are read. */
  readonly country: string;
  readonly parsePhone: ParsePhone | undefined;
  readonly hash: (text: string, field: VendorField) => string;
  readonly issues: Issue[];
}

/** What was read of a field: a text that is not hashed yet (`""` for nothing), or keys that are. */
type Read = string | readonly string[];

function matchKeys(user: UserData, vendor: Vendor, { parsePhone }: HashOptions, hash: Making["hash"]): HashedUserData {
  const given = (user ?? {}) as Readonly<Record<string, unknown>>;
  const keys: Record<string, string | readonly string[]> = {};
  const issues: Issue[] = [];
  const making = { vendor, country: countryOf(given.country), parsePhone, hash, issues };
  const fields = fieldsOf[vendor];
  // First all texts, then all hashes: turns of the two take a tenth longer.
  const all = fields.map((field) => readField(given[field.name], field, making));
  fields.forEach((field, index) => {
    const read = all[index] as Read;
    const key = typeof read === "string" ? keyOf(read, field, making) : read.length > 1 ? read : read[0];
    if (key) keys[field.key] = key;
  });
  for (const name of Object.keys(given)) {
    if (fieldNames.has(name)) continue;
    issues.push(warningIssue("unknown_property", `user.${name}`, `user.${name} is no field of a person; left out`));
  }
  return { keys, issues };
}

function readField(value: unknown, field: VendorField, making: Making): Read {
  if (value === undefined || value === null) return "";
  if (!Array.isArray(value)) return readOne(value, field, making);
  const keys = new Set<string>();
  for (const one of value) {
    const read = readOne(one, field, making);
    const key = typeof read === "string" ? keyOf(read, field, making) : read[0];
    if (key) keys.add(key);
  }
  if (keys.size < 2 || !field.single) return [...keys];
  const message = `${making.vendor} takes one value of user.${field.name}; the first is sent`;
  making.issues.push(warningIssue("too_many", `user.${field.name}`, message));
  return [...keys].slice(0, 1);
}

function keyOf(text: string, field: VendorField, { hash }: Making): string {
  return text === "" || field.plain ? text : hash(text, field);
}

/** One value; where it can not be used, nothing and an issue. */
function readOne(value: unknown, field: VendorField, making: Making): Read {
  const text = textOf(value);
  if (text.length > longestValue) {
    return leftOut(making, "unusable", field, `longer than ${longestValue} characters; left out`);
  }
  if (isSha256(text)) {
    if (isHashOfNothing(text)) return leftOut(making, "unusable", field, "the hash of an empty text; left out");
    if (!field.plain) return [text.toLowerCase()];
    return leftOut(making, "unusable", field, `a hash, ${making.vendor} takes it plain; left out`);
  }
  if (!field.opaque && isMd5(text)) {
    return leftOut(making, "md5", field, "an MD5 hash; SHA-256 or the plain value is accepted");
  }
  const normal = text && field.normalize(text, making.country, making.parsePhone);
  if (!normal) return leftOut(making, "unusable", field, `unusable and left out: accepted is ${field.accepted}`);
  return field.prefix ? field.prefix + normal : normal;
}

function leftOut({ issues }: Making, code: IssueCode, { name }: VendorField, why: string): "" {
  issues.push(warningIssue(code, `user.${name}`, `user.${name} is ${why}`));
  return "";
}

function countryOf(given: unknown): string {
  const text = textOf(Array.isArray(given) ? given[0] : given);
  return text && text.length <= longestValue ? normalizeCountry(text) : "";
}

/** Trimmed; of a Date, its UTC day. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return value instanceof Date && !Number.isNaN(value.getTime()) ? normalizeBirthDate(value.toISOString()) : "";
}

/** One vendor's keys of an event: those it has already, and over them those made from `user`. */
export function vendorKeys(
  { user, matchKeys }: { user?: UserData; matchKeys?: MatchKeys },
  vendor: Vendor,
  options: HashOptions,
): HashedUserData {
  const before = matchKeys?.[vendor];
  if (!user) return { keys: before ?? {}, issues: [] };
  const hashed = hashUserData(user, vendor, options);
  return before ? { keys: { ...before, ...hashed.keys }, issues: hashed.issues } : hashed;
}
