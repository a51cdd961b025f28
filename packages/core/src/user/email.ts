import { isAscii, visible } from "./text.js";

/**
 * One address: no white space, nothing that belongs to a display name, a list or an address on the web; a domain with a
 * dot, of letters and digits of any script.
 */
const address = /^[^\s\p{Cc}@,;:<>()[\]"\\]{1,128}@[\w\p{L}\p{M}\p{N}-]{1,63}(?:\.[\w\p{L}\p{M}\p{N}-]{1,63}){1,10}$/u;

/** An address of ASCII characters, as nearly all are, in lower case. `""` when it is none. */
export function normalizePlainEmail(text: string): string {
  const email = text.toLowerCase();
  return isAscii(email) && address.test(email) ? email : "";
}

/** Lower-case, composed (NFC); dots and `+tag` stay, as both vendors' documents have it. `""` when it is not an address. */
export function normalizeEmail(text: string): string {
  if (isAscii(text)) return normalizePlainEmail(text);
  const email = visible(text.toLowerCase()).normalize("NFC");
  return address.test(email) ? email : "";
}
