import { BeaconryError, type Consent } from "@beaconry/core";

/**
 * What a value has to be: in words for the message, and as a pattern of `type:text`, where the text of an object is
 * `{}`, and `null` is of the type `object`. `several`: or a list of such.
 */
export type Kind = readonly [takes: string, fits: RegExp, required?: true, several?: true];

/** A kind, or the members of an object. */
export type Shape = Kind | { readonly [name: string]: Shape };

export const text: Kind = ["a text", /^string:./];
export const object: Kind = ["an object", /^object:{}/];
export const flag: Kind = ["true or false", /^boolean/];

/** What a `Consent` has to be. */
export const consentShape: Readonly<Record<keyof Consent, Kind>> = {
  advertising: flag,
  advertiserTracking: flag,
  applicationTracking: flag,
  limitedDataUse: ["true, false or { country, state }", /^(boolean|object:{})/],
};

/**
 * Checks a value. One that is `undefined` breaks only a required kind; the whole is required.
 * @throws BeaconryError `invalid_option`, which names what is wrong, what came and what is accepted, never the value
 */
export function checkShape(value: unknown, shape: Shape, path: string): void {
  const [takes, fits, required, several] = isKind(shape) ? shape : object;
  const isOne = (one: unknown) => fits.test(textOf(one));
  const isMissing = value === undefined;
  if (
    isMissing
      ? required || path === "options"
      : !(several && Array.isArray(value) && value.length ? value.every(isOne) : isOne(value))
  ) {
    const type = value === "" ? "an empty text" : `of type ${value === null ? value : typeof value} and does not fit`;
    fail(path, isMissing ? "missing" : type, takes);
  }
  if (isMissing || isKind(shape)) return;
  const given = value as Record<string, unknown>;
  for (const name of Object.keys({ ...shape, ...given })) {
    const at = path === "options" ? name : `${path}.${name}`;
    checkShape(given[name], shape[name] ?? fail(at, "unknown", Object.keys(shape).join(", ")), at);
  }
}

function textOf(value: unknown): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return `${typeof value}:${isObject ? "{}" : Array.isArray(value) ? "[]" : String(value)}`;
}

function isKind(shape: Shape): shape is Kind {
  return Array.isArray(shape);
}

function fail(path: string, is: string, takes: string): never {
  throw new BeaconryError("invalid_option", `createPixel: ${path} is ${is}, accepted is ${takes}`);
}
