/** Day, month and year apart, and perhaps a time of day. */
const dayApart = /^(\d{1,4})\D(\d{1,2})\D(\d{1,4})(?:[Tt ]\d\d:.{0,40})?$/;

/**
 * `YYYYMMDD`. Reads ISO dates with or without a time, eight digits, and day, month and year apart, in the order that
 * Meta's own parameter builder takes: a group over 31 is the year, and a year at the end means month first unless the
 * first group is over 12. `""` for a day that never was, or a year of two digits.
 */
export function normalizeBirthDate(text: string): string {
  const groups = dayApart.exec(text);
  if (!groups) {
    if (!/^\d{8}$/.test(text)) return "";
    return validDay(Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6)));
  }
  const first = Number(groups[1]);
  const second = Number(groups[2]);
  const third = Number(groups[3]);
  if (first > 31) return second > 12 ? validDay(first, third, second) : validDay(first, second, third);
  return first > 12 ? validDay(third, second, first) : validDay(third, first, second);
}

const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function validDay(year: number, month: number, day: number): string {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = month === 2 && !isLeap ? 28 : (monthLengths[month - 1] ?? 0);
  if (year < 1800 || year > 2199 || day < 1 || day > longest) return "";
  return String(year * 10_000 + month * 100 + day);
}
