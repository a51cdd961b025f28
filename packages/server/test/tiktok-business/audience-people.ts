import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "@beaconry/server/sandbox";
import { tiktokBusiness } from "@beaconry/server/tiktok-business";
import { onTestFinished } from "vitest";

export const accountId = "7000000000000000001";

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A folder of the test's own. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-audience-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A client that waits for nothing. */
export const client = ({ url }: Pick<Sandbox, "url">, more: object = {}) =>
  tiktokBusiness({
    accessToken: "token",
    baseUrl: url,
    backoff: { base: 1, cap: 5 },
    callsPerSecond: 10_000,
    ...more,
  });

/** `person0@shop.example` and so on. */
export function people(from: number, to: number): { email: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({ email: `person${from + index}@shop.example` }));
}

export const hashOf = (index: number) => sha256(`person${index}@shop.example`);
