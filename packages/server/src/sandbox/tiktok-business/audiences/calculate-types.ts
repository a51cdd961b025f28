/** Kinds of a file's hashes that uploads take. TikTok Business API, `calculate_type`. */
export const calculateTypes: readonly string[] = [
  ...["EMAIL_SHA256", "PHONE_SHA256", "FIRST_SHA256", "FIRST_MD5", "IDFA_SHA256", "IDFA_MD5"],
  ...["GAID_SHA256", "GAID_MD5", "MAID_SHA256", "MAID_MD5", "MULTIPLE_TYPES"],
];

/** Titles of the columns of a `MULTIPLE_TYPES` file, in lower case. */
const columnTitles = ["maid", "maid_sha256", "maid_md5", "email_sha256", "phone_sha256"];
/** How often each may be there. */
const mostColumns = 3;

/** What is wrong with a file's first row. */
export function titleProblem(calculateType: string, cells: readonly string[]): string | undefined {
  const titles = cells.map((cell) => cell.trim().toLowerCase());
  if (calculateType !== "MULTIPLE_TYPES") {
    return titles.length > 1 ? `a file of ${calculateType} has one column` : undefined;
  }
  if (!titles.every((title) => columnTitles.includes(title))) {
    return "the first row has to name the columns: MAID, MAID_SHA256, MAID_MD5, email_SHA256, phone_SHA256";
  }
  const counts = columnTitles.map((title) => titles.filter((one) => one === title).length);
  return counts.some((count) => count > mostColumns) ? `at most ${mostColumns} columns of a kind` : undefined;
}

/** Whether a value is of the form that its column has. */
export function fits(type: string, value: string): boolean {
  const name = type.toUpperCase();
  if (name.endsWith("SHA256")) return /^[\da-f]{64}$/i.test(value);
  return name.endsWith("MD5") ? /^[\da-f]{32}$/i.test(value) : value.length <= 64;
}
