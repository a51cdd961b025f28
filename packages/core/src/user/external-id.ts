import { isAscii } from "./text.js";

/** Your own id: only composed (NFC), so that both sides hash the same; case is kept. */
export function normalizeExternalId(text: string): string {
  return isAscii(text) ? text : text.normalize("NFC");
}
