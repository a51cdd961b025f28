import type { TikTokConfig } from "../connect/config.js";
import { usageError } from "../exit-codes.js";

/** The account that was named, or the connected one. */
export function accountOf(named: string | undefined, { accountId }: TikTokConfig): string {
  const account = named ?? accountId;
  if (account === undefined) throw usageError("--account is missing: the id of an ad account");
  return account;
}
