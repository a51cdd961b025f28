/** A value that came over the network, as an object; empty when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** Whether the value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text when it is one and not empty, of at most `most` characters where that is given; otherwise `undefined`. */
export function asText(value: unknown, most = Number.POSITIVE_INFINITY): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= most ? value : undefined;
}

/** The number when it is a finite one, otherwise `undefined`. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The truth value when it is one, otherwise `undefined`. */
export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** What JSON from the network may cost. */
export interface JsonBudget {
  /** Levels. */
  readonly depth: number;
  /** Values that may still be read, those inside of others too. Goes down. */
  values: number;
}

/** Characters in a name. */
const longestName = 100;

/** Whether JSON is within the budget, and has no name that is longer than 100 characters or `__proto__`. */
export function isPlain(value: unknown, budget: JsonBudget, level = 0): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (level >= budget.depth) return false;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  if (names.some((name) => name.length > longestName || name === "__proto__")) return false;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  budget.values -= members.length;
  return budget.values >= 0 && members.every((member) => isPlain(member, budget, level + 1));
}
