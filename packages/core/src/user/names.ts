import { foldText } from "./text.js";

/** Punctuation and symbols of any script, white space, and invisible characters. */
const notOfName = /[\p{P}\p{S}\p{Z}\p{C}]/gu;

/** First or last name: lower-case, without punctuation and white space; letters of any script stay as they are. */
export function normalizeName(text: string): string {
  return foldText(text, notOfName);
}
