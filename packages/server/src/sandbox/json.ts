/** An object read from JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** False for what both vendors treat as absent: nothing, "", an empty list, a list of empty strings. */
export function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isFilled);
  return value !== undefined && value !== null && value !== "";
}

/**
 * The value of a JSON text, or undefined when it is not JSON (JSON has no undefined of its own). Lists and objects that lie
 * too deep in each other count as no JSON: what reads or writes them later may go as deep as they do.
 */
export function parseJson(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Events of either vendor need six at most. */
const MAX_DEPTH = 64;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Where the string that begins at `start` has its last quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === "\\") before--;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

/** The value as a string when it is one and is not empty. */
export function filledString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Milliseconds as a time, when there is a date for them. */
export function timeFrom(milliseconds: number): number | undefined {
  return Math.abs(milliseconds) <= MAX_TIME ? milliseconds : undefined;
}

/** The last millisecond that a Date can hold. */
const MAX_TIME = 8.64e15;
