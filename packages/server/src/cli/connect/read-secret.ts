import { usageError } from "../exit-codes.js";
import { ask } from "../input.js";
import type { Terminal } from "../terminal.js";

/** The secret of the app at TikTok for Business. */
export async function readSecret(terminal: Terminal): Promise<string> {
  const secret = process.env.TIKTOK_APP_SECRET ?? (terminal.canAsk ? await ask("app secret: ", { secret: true }) : "");
  if (!secret) throw usageError("the app's secret is missing: give it in TIKTOK_APP_SECRET");
  return secret;
}
