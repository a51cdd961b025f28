import { lettersAndDigits } from "./text.js";

const fiveDigits = /^\d{5}/;

/**
 * Postal code: lower-case, without spaces, dashes and the like, leading zeros kept. In the United States the first five digits;
 * `""` when there are fewer. ZIP+4 is known by its form where the country is not. No country's codes are letters alone: `""` for
 * what stands in forms for none, such as "N/A".
 */
export function normalizeZip(text: string, country: string): string {
  // Most are in order, and need no clearing up.
  if (country === "us" && fiveDigits.test(text)) return text.slice(0, 5);
  const zip = lettersAndDigits(text);
  if (country === "us") return fiveDigits.test(zip) ? zip.slice(0, 5) : "";
  if (!/\d/.test(zip)) return "";
  return country === "" && /^\s*\d{5}-\d{4}\s*$/.test(text) ? zip.slice(0, 5) : zip;
}
