import { type AccountFilter, filterAccounts } from "../../tiktok-business/index.js";
import { openTikTok } from "../connect/config.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";

/** Options of `beaconry accounts`. */
export interface AccountsOptions extends AccountFilter {
  readonly config: string;
  readonly sandbox?: string;
  readonly json?: boolean;
}

/** Lists ad accounts: one a line, or as a table. */
export async function listAccounts(options: AccountsOptions, terminal: Terminal): Promise<ExitCode> {
  const { config, sandbox, json, ...filter } = options;
  const { client, accountIds, config: connected } = await openTikTok(config, sandbox);
  const accounts = filterAccounts(await client.accounts.info(accountIds), filter);
  if (json) {
    for (const account of accounts) await terminal.print(JSON.stringify(account));
    return exitCodes.ok;
  }
  if (accounts.length === 0) terminal.note("No account fits.");
  const columns = ["", "name", "id", "status", "role", "what the status means"].map((title) => ({ title }));
  const rows = accounts.map(({ id, name, status, role, statusMeaning }) => [
    id === connected.accountId ? "*" : "",
    plainText(name, 40),
    id,
    status,
    role,
    statusMeaning,
  ]);
  if (rows.length > 0) for (const line of tableLines(columns, rows)) await terminal.print(line);
  return exitCodes.ok;
}
