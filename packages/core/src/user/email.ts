import { isAscii, visible } from "./text.js";

/** In a domain's part: letters, digits and what else may be of any script, but of ASCII's signs only - and _. */
const part = "[^\\s\\p{Cc}!-,./:-@[-^`{-~]{1,63}";
/** One address: no white space, nothing that belongs to a display name, a list or an address on the web; a domain with a dot. */
const address = /* @__PURE__ */ new RegExp(`^[^\\s\\p{Cc}@,;:<>()[\\]"\\\\]{1,128}@${part}(?:\\.${part}){1,10}$`, "u");

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
