import { lowerCase } from "./text.js";

/** One address: no white space, nothing that belongs to a display name or a list; a domain with a dot. */
const address = /^[^\s@,;:<>()[\]"\\]{1,128}@[^\s@,;:<>()[\]"\\.]{1,63}(?:\.[^\s@,;:<>()[\]"\\.]{1,63}){1,10}$/;

/** Lower-case; dots and `+tag` stay, as both vendors' documents have it. `""` when it is not an address. */
export function normalizeEmail(text: string): string {
  const email = lowerCase(text);
  return address.test(email) ? email : "";
}
