/** A piece of a line, and what it is. */
export interface JsonPart {
  readonly kind: "key" | "text" | "number" | "word" | "mark";
  readonly text: string;
}

/** One line of JSON as people read it. */
export interface JsonLine {
  readonly depth: number;
  readonly parts: readonly JsonPart[];
  /** True for the value that a path named, and all of its lines. */
  readonly isMarked: boolean;
}

export interface JsonText {
  readonly lines: readonly JsonLine[];
  /** Whether lines were left out. */
  readonly isCut: boolean;
}

const MAX_DEPTH = 40;
const MAX_TEXT = 2_000;

/** A value as lines of JSON, at most `limit` of them. `marked` is the path of a value to point at. */
export function jsonLines(value: unknown, limit: number, marked?: readonly (string | number)[]): JsonText {
  const lines: JsonLine[] = [];
  let isCut = false;

  const put = (depth: number, parts: readonly JsonPart[], isMarked: boolean) => {
    if (lines.length < limit) lines.push({ depth, parts, isMarked });
    else isCut = true;
  };
  /** `left`: the rest of the marked path, undefined off it. */
  const write = (
    item: unknown,
    depth: number,
    before: readonly JsonPart[],
    after: string,
    left: readonly (string | number)[] | undefined,
    isInside: boolean,
  ): void => {
    if (lines.length >= limit) {
      isCut = true;
      return;
    }
    const isList = Array.isArray(item);
    const entries: readonly (readonly [string | number, unknown])[] = isList
      ? item.map((entry: unknown, index) => [index, entry] as const)
      : typeof item === "object" && item !== null
        ? Object.entries(item)
        : [];
    const isEmpty = typeof item === "object" && item !== null && entries.length === 0;
    const isMarked = isInside || left?.length === 0 || (isEmpty && left?.length === 1);
    if (typeof item !== "object" || item === null || entries.length === 0 || depth >= MAX_DEPTH) {
      put(depth, [...before, depth >= MAX_DEPTH ? mark("…") : scalar(item), ...marks(after)], isMarked);
      return;
    }
    put(depth, [...before, mark(isList ? "[" : "{")], isMarked);
    for (const [index, [key, entry]] of entries.entries()) {
      if (isCut) break;
      const own = isList ? [] : [{ kind: "key", text: JSON.stringify(key) } as const, mark(": ")];
      const rest = left !== undefined && String(left[0]) === String(key) ? left.slice(1) : undefined;
      write(entry, depth + 1, own, index < entries.length - 1 ? "," : "", rest, isMarked);
    }
    // The place of what is missing is the object that lacks it.
    const lacks = left?.length === 1 && !entries.some(([key]) => String(key) === String(left[0]));
    if (lacks) put(depth + 1, [mark(`${String(left[0])} belongs here`)], true);
    put(depth, [mark((isList ? "]" : "}") + after)], isMarked);
  };
  write(value, 0, [], "", marked, false);
  return { lines, isCut };
}

const mark = (text: string): JsonPart => ({ kind: "mark", text });
const marks = (text: string): readonly JsonPart[] => (text === "" ? [] : [mark(text)]);

function scalar(value: unknown): JsonPart {
  if (typeof value === "number") return { kind: "number", text: String(value) };
  if (typeof value !== "string") return { kind: "word", text: value === undefined ? "nothing" : JSON.stringify(value) };
  if (value.length <= MAX_TEXT) return { kind: "text", text: JSON.stringify(value) };
  return { kind: "text", text: `${JSON.stringify(value.slice(0, MAX_TEXT))}… (${value.length} characters)` };
}
