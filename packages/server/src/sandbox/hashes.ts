import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** SHA-256 of the empty string: what a hash of a missing value looks like. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** 64 hex digits of any case. Both vendors ask for lower case; that they refuse upper case is not documented. */
export function isSha256(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/i.test(value);
}

/** A hash as Meta's own Node SDK 26 sends it: with an eight-character appendix that names the SDK. */
export function isSha256WithAppendix(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}(\.[\w-]{8})?$/i.test(value);
}

/**
 * Warnings for one hashed key. `values` are what was sent under it, an empty one counts as not sent; `unhashed` says what
 * becomes of a value that `isHash` does not know as one.
 */
export function hashWarnings(
  key: string,
  values: readonly unknown[],
  unhashed: string,
  isHash: (value: unknown) => value is string = isSha256,
): string[] {
  const sent = values.filter((value) => value !== "");
  const hex = sent.filter(isHash).map((hash) => hash.slice(0, 64));
  return [
    ...(sent.length > hex.length ? [`${key} is not a SHA-256 hash: ${unhashed}`] : []),
    ...(hex.some((hash) => hash !== hash.toLowerCase())
      ? [`${key} is a hash in upper case: lower case is asked for`]
      : []),
    ...(hex.some((hash) => hash.toLowerCase() === EMPTY) ? [`${key} is the hash of "": it matches nobody`] : []),
  ];
}

/** Warnings for an address that must be plain and of the public internet. */
export function addressWarnings(key: string, value: unknown): string[] {
  if (value === undefined || value === "") return [];
  if (!isAddress(value)) return [`${key} is not an IPv4 or IPv6 address: it is ignored`];
  return isPrivate(value) ? [`${key} is not a public address: nobody is known by it`] : [];
}

/** Ranges that are used again in every network. */
const privateRanges: readonly string[] = [
  ...["private", "loopback", "linkLocal", "uniqueLocal", "carrierGradeNat", "unspecified"],
];

/** One plain address that is not of a range which every network has. */
export function isPublicAddress(value: unknown): boolean {
  return isAddress(value) && !isPrivate(value);
}

function isPrivate(address: string): boolean {
  return privateRanges.includes(ipaddr.process(address).range());
}

/** Warnings for keys that are never hashed but look hashed. */
export function neverHashedWarnings(user: Readonly<Record<string, unknown>>, keys: readonly string[]): string[] {
  return keys.filter((key) => isSha256(user[key])).map((key) => `${key} is hashed: it must be sent as it is`);
}

/** One plain address: no port, brackets, zone or list. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && isIP(value) !== 0 && !value.includes("%");
}
