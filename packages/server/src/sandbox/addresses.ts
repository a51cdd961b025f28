import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

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
  return ipaddr.isValid(address) && privateRanges.includes(ipaddr.process(address).range());
}

/** One plain address: no port, brackets, zone or list. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && isIP(value) !== 0 && !value.includes("%");
}
