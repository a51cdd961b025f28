import { BeaconryError } from "@beaconry/core";

/**
 * Joins options with their defaults. Throws `invalid_option` for a name that is none of them, and for a number that is
 * not positive where the default is one.
 * @param owner the function whose options they are, for the message
 */
export function readOptions<Given extends object, Defaults extends Required<Given>>(
  owner: string,
  given: Given,
  defaults: Defaults,
): Required<Given> {
  checkNames(owner, given, Object.keys(defaults));
  const read: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const kind = typeof read[name];
    if (kind !== "undefined" && typeof value !== kind) throw wrong(owner, name, value, `a ${kind}`);
    if (typeof value === "number" && !(value > 0)) throw wrong(owner, name, value, "a positive number");
    read[name] = value;
  }
  return read as Required<Given>;
}

/** Throws `invalid_option` for a name that is none of those known. */
export function checkNames(owner: string, given: object, known: readonly string[]): void {
  if (typeof given !== "object" || given === null) throw wrong(owner, "options", given, "an object");
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new BeaconryError("invalid_option", `${owner} has no option "${name}"; it has ${known.join(", ")}`);
    }
  }
}

/** Throws `invalid_option` unless the value is a text that is not empty. Never says the value: it may be a token. */
export function requireText(owner: string, name: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw wrong(owner, name, value, "a text that is not empty");
}

/** Throws `invalid_option` unless the value is an http or https address; gives its origin. */
export function requireOrigin(owner: string, name: string, value: unknown): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw wrong(owner, name, value, "an address that starts with https:// or http://");
}

/** The error for an option of a wrong kind; names the kind that came, never the value. */
export function wrong(owner: string, name: string, value: unknown, accepted: string): BeaconryError {
  const kind =
    value === undefined ? "missing" : value === "" ? "an empty text" : `a ${value === null ? "null" : typeof value}`;
  return new BeaconryError("invalid_option", `${owner}: ${name} is ${kind}, accepted is ${accepted}`);
}
