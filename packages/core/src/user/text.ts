/** Longer values of a person's field are not data of a person: reported, not hashed. */
export const longestValue = 512;

/** Whether the text is a SHA-256 hash already, in hex of any case. */
export function isSha256(text: string): boolean {
  return text.length === 64 && /^[0-9a-f]+$/i.test(text);
}

/**
 * Whether a SHA-256 hash is that of "", which somebody has made who had nothing to hash: with it, all such people would be one.
 * By its first 64 bits, since pages carry this.
 */
export function isHashOfNothing(hash: string): boolean {
  return /^e3b0c44298fc1c14/i.test(hash);
}

/** Whether the text has the form of an MD5 hash. */
export function isMd5(text: string): boolean {
  return text.length === 32 && /^[0-9a-f]+$/i.test(text);
}

/** Without soft hyphens, marks of width zero and of writing direction, which come along in what is copied; trimmed. */
export function visible(text: string): string {
  return text.replace(/\p{Cf}/gu, "").trim();
}

/** With ASCII's digits and signs in the place of full-width ones, and of the digits of scripts in use. */
export function inAsciiDigits(text: string): string {
  if (isAscii(text)) return text;
  return text.normalize("NFKC").replace(/\p{Nd}/gu, toAsciiDigit);
}

/** Unicode has the ten digits of a script in use in a row, whose zero ends in 0 or, as Bengali's does, in 6. */
function toAsciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  const isOfZero = /\p{Nd}/u.test(String.fromCharCode(code & ~15));
  return digit.length > 1 ? digit : String((code & 15) - (isOfZero ? 0 : 6));
}

/**
 * Only the letters and digits, of any script and with their accents: lower-case, composed (NFC). Punctuation, symbols,
 * white space and invisible characters fall away; `""` when no letter or digit is left.
 */
export function lettersAndDigits(text: string): string {
  const lower = text.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  if (isAscii(lower)) return lower.replace(/[^a-z0-9]+/g, "");
  const folded = lower
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "")
    .normalize("NFC");
  return /[\p{L}\p{N}]/u.test(folded) ? folded : "";
}

/** The same of a name; `""` when no letter is in it: digits alone are nobody's. */
export function lettersOfName(text: string): string {
  const name = lettersAndDigits(text);
  return /\p{L}/u.test(name) ? name : "";
}

/** Only the letters a to z, lower-case and without their accents: the form in which names are looked up in tables. */
export function lookupName(text: string): string {
  const plain = isAscii(text) ? text : text.normalize("NFD");
  return plain
    .replaceAll("&", "and")
    .toLowerCase()
    .replace(/[^a-z]+/g, "");
}

/** A table of names, as {@link lookupName} has them, and their codes of two letters: `name:co name:co`. */
export function codesByName(pairs: string): ReadonlyMap<string, string> {
  return new Map(pairs.split(" ").map((pair) => [pair.slice(0, -3), pair.slice(-2)]));
}

/** Most values are, and for them Unicode's tables need not be asked. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  return /^[\x00-\x7f]*$/.test(text);
}
