import { isAscii, visible } from "./text.js";

/** One address: no white space, nothing that belongs to a display name or a list; a domain with a dot. */
const address = /^[^\s@,;:<>()[\]"\\]{1,128}@[^\s@,;:<>()[\]"\\.]{1,63}(?:\.[^\s@,;:<>()[\]"\\.]{1,63}){1,10}$/;

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
