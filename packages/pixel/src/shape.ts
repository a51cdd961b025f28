import type { Consent } from "@beaconry/core";

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

/** The first thing in a value that its shape does not accept, in words that never tell the value. */
export function findProblem(value: unknown, shape: Shape, path: string): string | undefined {
  const [takes, fits, , several] = isKind(shape) ? shape : object;
  const each = several && Array.isArray(value) && value.length ? value : [value];
  if (!each.every((one) => fits.test(textOf(one)))) {
    const type = value === null ? value : typeof value;
    const is = value === undefined ? "missing" : value === "" ? "an empty text" : `of type ${type} and does not fit`;
    return `${path} is ${is}, accepted is ${takes}`;
  }
  if (isKind(shape)) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys({ ...shape, ...given })) {
    const member = shape[name];
    const at = `${path}.${name}`;
    if (!member) return `${at} is unknown, accepted is ${Object.keys(shape).join(", ")}`;
    const isOptional = !isKind(member) || !member[2];
    const problem = isOptional && given[name] === undefined ? undefined : findProblem(given[name], member, at);
    if (problem) return problem;
  }
  return undefined;
}

function textOf(value: unknown): string {
  const isObject = typeof value === "object" && value !== null;
  return `${typeof value}:${Array.isArray(value) ? "[]" : isObject ? "{}" : String(value)}`;
}

function isKind(shape: Shape): shape is Kind {
  return Array.isArray(shape);
}
