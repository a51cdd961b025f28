import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { BeaconryError } from "@beaconry/core";

/** What signing in at TikTok gives. Secret: whoever has it can use the accounts. */
export interface BusinessToken {
  readonly accessToken: string;
  /** The accounts for which it was given. */
  readonly advertiserIds: readonly string[];
  /** What it allows: see `scopes`. */
  readonly scopes: readonly string[];
  /** When it was given: Unix time, ms. It does not expire until it is revoked. */
  readonly obtainedAt: number;
}

/** Where the token is kept between runs. */
export interface TokenStore {
  load(): Promise<BusinessToken | undefined>;
  save(token: BusinessToken): Promise<void>;
  delete(): Promise<void>;
}

/**
 * Keeps the token in a file that only its owner can read (mode 0600); its folder is made if it is missing. A write
 * replaces the whole file or nothing. `load` rejects with `invalid_option` when the file holds something else.
 */
export function fileTokenStore(path: string): TokenStore {
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
      return readToken(text, path);
    },
    async save(token) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const draft = `${path}.${randomUUID()}`;
      await writeFile(draft, `${JSON.stringify(token, null, 2)}\n`, { mode: 0o600, flush: true });
      await chmod(draft, 0o600);
      await rename(draft, path);
    },
    async delete() {
      await rm(path, { force: true });
    },
  };
}

function readToken(text: string, path: string): BusinessToken {
  try {
    const { accessToken, advertiserIds, scopes, obtainedAt } = JSON.parse(text);
    const texts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === "string");
    if (typeof accessToken === "string" && texts(advertiserIds) && texts(scopes) && Number.isFinite(obtainedAt)) {
      return { accessToken, advertiserIds, scopes, obtainedAt };
    }
  } catch {
    // Said below, without what stands in the file.
  }
  throw new BeaconryError("invalid_option", `${path} holds no TikTok token: sign in again, or name another file`);
}
