import { hash } from "node:crypto";

/** SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits, on Node's native hash. */
export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}
