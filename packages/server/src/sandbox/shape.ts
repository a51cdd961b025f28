import { isObject, type JsonObject } from "./json.js";

export type Path = readonly (string | number)[];

/** What is wrong with a value, where. Each vendor words it in its own way. */
export interface Problem {
  readonly kind: "type" | "unknown" | "missing";
  readonly path: Path;
  /** What belongs there, such as "string". */
  readonly expected: string;
}

export type Shape = (value: unknown, path: Path) => Problem | undefined;

/** A shape of one value by itself: what it is called, and whether a value fits. */
export const test =
  (expected: string, fits: (value: unknown) => boolean): Shape =>
  (value, path) =>
    fits(value) ? undefined : { kind: "type", path, expected };

export const anything: Shape = () => undefined;
export const string = test("string", (value) => typeof value === "string");
export const boolean = test("boolean", (value) => typeof value === "boolean");
export const integer = test("integer", (value) => Number.isInteger(value));
/** A whole number, or its digits as a text. */
export const digits = test("integer", (value) =>
  Number.isInteger(value) || (typeof value === "string" && /^\d+$/.test(value)));
export const flag = test("boolean", (value) => typeof value === "boolean" || value === 0 || value === 1);
/** A number, or a string of digits with a point: both vendors show amounts as either. */
export const numeric = test("number", (value) =>
  Number.isFinite(value) || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)));

export const either = (...shapes: readonly [Shape, ...Shape[]]): Shape => {
  const [first, ...others] = shapes;
  return (value, path) => {
    const problem = first(value, path);
    return problem && others.every((shape) => shape(value, path)) ? problem : undefined;
  };
};

export const listOf = (item: Shape): Shape => {
  return (value, path) => {
    if (!Array.isArray(value)) return { kind: "type", path, expected: "list" };
    return firstProblem(value.map((entry: unknown, index) => () => item(entry, [...path, index])));
  };
};

interface ObjectRules {
  /** Keys that must be there and not be empty. */
  readonly required?: readonly string[];
  /** Whether a key that is not in the table is a problem. Default: false. */
  readonly exact?: boolean;
}

export const object = (fields: Readonly<Record<string, Shape>>, rules: ObjectRules = {}): Shape => {
  return (value, path) => {
    if (!isObject(value)) return { kind: "type", path, expected: "object" };
    const missing = rules.required?.find((key) => value[key] === undefined || value[key] === "");
    if (missing !== undefined) return { kind: "missing", path: [...path, missing], expected: "value" };
    return firstProblem(
      Object.entries(value).map(([key, entry]) => () => {
        const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (shape) return shape(entry, [...path, key]);
        return rules.exact ? { kind: "unknown", path: [...path, key], expected: "known key" } : undefined;
      }),
    );
  };
};

/** The keys of an object that a table does not have. */
export function unknownKeys(value: JsonObject, fields: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((key) => !Object.hasOwn(fields, key));
}

function firstProblem(checks: readonly (() => Problem | undefined)[]): Problem | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem) return problem;
  }
  return undefined;
}
