import { foldText } from "./text.js";

const notOfCity = /[^\p{L}\p{M}\p{N}]/gu;

/** City: lower-case letters and digits of any script, no spaces, no punctuation; diacritics stay. */
export function normalizeCity(text: string): string {
  return foldText(text, notOfCity);
}
