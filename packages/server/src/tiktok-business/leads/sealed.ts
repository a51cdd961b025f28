import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Writes texts so that only whoever has the key reads them, or as they are. */
export interface Seal {
  /** JSON in, JSON out. */
  seal(json: string): string;
  /** Throws when it was sealed with another key. */
  open(json: string): string;
}

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** Writes them as they are; what was sealed with a key it can not read. */
export const noSeal: Seal = {
  seal: (json) => json,
  open(json) {
    if (json.startsWith('"')) throw new SealError("the encryption key is missing");
    return json;
  },
};

/**
 * AES-256-GCM with a new vector each time. Reads also what was written before there was a key.
 * @param key 32 bytes
 */
export function createSeal(key: Uint8Array): Seal {
  return {
    seal(json) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key, iv);
      const sealed = Buffer.concat([cipher.update(json, "utf8"), cipher.final()]);
      return JSON.stringify(Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64"));
    },
    open(json) {
      if (!json.startsWith('"')) return json;
      const bytes = Buffer.from(JSON.parse(json), "base64");
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes));
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw new SealError("the encryption key is another one");
      }
    },
  };
}

/** Delivery shows name and code of an error, and no message. */
class SealError extends Error {
  override readonly name = "SealError";
  readonly code = "ENCRYPTION_KEY";
}
