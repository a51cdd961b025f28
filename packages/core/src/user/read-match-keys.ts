import type { Vendor } from "../vendor.js";
import { fieldsOf, type VendorField } from "./fields.js";
import type { MatchKeys, VendorKeys } from "./hash-user-data.js";
import { isHashOfNothing, isSha256 } from "./text.js";

/** More values than this of one key are no person's. */
const mostValues = 10;

const fieldsByKey: Readonly<Record<Vendor, ReadonlyMap<string, VendorField>>> = {
  meta: /* @__PURE__ */ byKey("meta"),
  tiktok: /* @__PURE__ */ byKey("tiktok"),
};

function byKey(vendor: Vendor): ReadonlyMap<string, VendorField> {
  return new Map(fieldsOf[vendor].map((field) => [field.key, field]));
}

/**
 * The match keys in a value that came over the network: only keys that exist, hashes where hashes belong, short plain
 * texts where plain ones do. Everything else is left out, so that nobody slips in another field of a vendor's.
 */
export function readMatchKeys(value: unknown): MatchKeys {
  return {
    meta: readVendorKeys(member(value, "meta"), "meta"),
    tiktok: readVendorKeys(member(value, "tiktok"), "tiktok"),
  };
}

function readVendorKeys(value: unknown, vendor: Vendor): VendorKeys {
  const keys: Record<string, string | readonly string[]> = {};
  if (typeof value !== "object" || value === null) return keys;
  const given = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const field = fieldsByKey[vendor].get(name);
    const read = field && readValues(given[name], field);
    if (read !== undefined) keys[name] = read;
  }
  return keys;
}

function readValues(given: unknown, field: VendorField): string | readonly string[] | undefined {
  if (!Array.isArray(given)) return readValue(given, field);
  const read = given.slice(0, mostValues).flatMap((one) => readValue(one, field) ?? []);
  const values = [...new Set(read)];
  return values.length > 1 && !field.single ? values : values[0];
}

function readValue(value: unknown, { plain }: VendorField): string | undefined {
  if (typeof value !== "string") return undefined;
  if (plain) return /^[\p{L}\p{M}\p{N}]{1,100}$/u.test(value) ? value : undefined;
  // Both vendors compare with hex in lower case.
  return isSha256(value) && !isHashOfNothing(value) ? value.toLowerCase() : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
