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

/** Warnings for keys that are never hashed but look hashed. */
export function neverHashedWarnings(user: Readonly<Record<string, unknown>>, keys: readonly string[]): string[] {
  return keys.filter((key) => isSha256(user[key])).map((key) => `${key} is hashed: it must be sent as it is`);
}
