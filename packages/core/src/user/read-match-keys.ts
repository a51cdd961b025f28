import type { Vendor } from "../vendor.js";
import { fieldsOf } from "./fields.js";
import type { MatchKeys, VendorKeys } from "./hash-user-data.js";
import { isSha256 } from "./text.js";

/** More values than this of one key are no person's. */
const mostValues = 10;

const vendors: readonly Vendor[] = ["meta", "tiktok"];

/**
 * The match keys in a value that came over the network: only keys that exist, hashes where hashes belong, short plain
 * texts where plain ones do. Everything else is left out, so that nobody slips in another field of a vendor's.
 */
export function readMatchKeys(value: unknown): MatchKeys {
  return Object.fromEntries(vendors.map((vendor) => [vendor, readVendorKeys(member(value, vendor), vendor)]));
}

function readVendorKeys(value: unknown, vendor: Vendor): VendorKeys {
  const keys: Record<string, string | readonly string[]> = {};
  for (const known of fieldsOf[vendor]) {
    const given = member(value, known.key);
    const values = (Array.isArray(given) ? given.slice(0, mostValues) : [given]).filter(
      (one) => typeof one === "string" && (known.plain ? /^[\p{L}\p{M}\p{N}]{1,100}$/u.test(one) : isSha256(one)),
    );
    const [first, ...more] = values;
    if (first !== undefined) keys[known.key] = more.length > 0 && !known.single ? values : first;
  }
  return keys;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
