import { hash } from "node:crypto";

/**
 * What a register of `once` keeps: 16 bytes of the SHA-256 of destination and text, as 32 hexadecimal digits. The same
 * in every outbox, so that one can take over the register of another.
 */
export function toOnceKey(destination: string, once: string): string {
  // The lengths come first, so that no two pairs of texts become one.
  const text = `${destination.length},${once.length}:${destination}${once}`;
  return hash("sha256", text, "hex").slice(0, 32);
}
