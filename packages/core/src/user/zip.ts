import { lettersAndDigits } from "./text.js";

/**
 * Postal code: lower-case, without spaces, dashes and the like, leading zeros kept. In the United States the first five digits;
 * `""` when there are fewer. ZIP+4 is known by its form where the country is not.
 */
export function normalizeZip(text: string, country: string): string {
  const zip = lettersAndDigits(text);
  if (country === "us") return /^\d{5}/.exec(zip)?.[0] ?? "";
  return country === "" && /^\s*\d{5}-\d{4}\s*$/.test(text) ? zip.slice(0, 5) : zip;
}
