/** `1 dead letter`, `1,203 dead letters`. */
export function count(number: number, one: string, several = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : several}`;
}

/** `1,203`. */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

const units = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** The two largest units of a duration in ms: `2 h 14 min`, `3 days`. */
export function duration(milliseconds: number): string {
  let left = Math.max(milliseconds, 0);
  const parts: string[] = [];
  const first = units.findIndex(([, size]) => left >= size);
  for (const [unit, size] of first < 0 ? [] : units.slice(first, first + 2)) {
    const number = Math.floor(left / size);
    left -= number * size;
    if (number > 0) parts.push(unit === "day" ? count(number, "day") : `${number} ${unit}`);
  }
  return parts.join(" ") || "0 s";
}
