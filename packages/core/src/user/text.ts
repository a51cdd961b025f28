/** Longer values of a person's field are not data of a person: reported, not hashed. */
export const longestValue = 512;

const sha256Pattern = /^[0-9a-f]{64}$/i;
const md5Pattern = /^[0-9a-f]{32}$/i;

/** Whether the text is a SHA-256 hash already, in hex of any case. */
export function isSha256(text: string): boolean {
  return sha256Pattern.test(text);
}

/** Whether the text has the form of an MD5 hash. */
export function isMd5(text: string): boolean {
  return md5Pattern.test(text);
}

/**
 * Lower-case, composed (NFC), with every character removed that `unwanted` matches. `""` when no letter or digit is
 * left.
 */
export function foldText(text: string, unwanted: RegExp): string {
  const folded = text.toLowerCase().normalize("NFC").replace(unwanted, "").normalize("NFC");
  return /[\p{L}\p{N}]/u.test(folded) ? folded : "";
}

/** Only the letters a to z, lower-case and without their accents: the form in which names are looked up in tables. */
export function lookupName(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll("&", "and")
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}
