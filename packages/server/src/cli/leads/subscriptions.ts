import type { Subscription } from "../../tiktok-business/index.js";
import { openTikTok } from "../connect/config.js";
import { readSecret } from "../connect/read-secret.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { accountOf } from "./account-of.js";

interface Options {
  readonly config: string;
  readonly sandbox?: string;
  readonly json?: boolean;
}

/** Options of `beaconry leads subscribe`. */
export interface SubscribeOptions extends Options {
  readonly callback: string;
  readonly form?: string;
  readonly account?: string;
}

/** Subscribes to leads. */
export async function subscribe(options: SubscribeOptions, terminal: Terminal): Promise<ExitCode> {
  const { client, config } = await open(options, terminal);
  const id = await client.subscriptions.subscribe({
    callbackUrl: options.callback,
    accountId: accountOf(options.account, config),
    ...(options.form !== undefined && { formId: options.form }),
  });
  await terminal.print(options.json ? JSON.stringify({ id }) : `Subscription ${id}`);
  return exitCodes.ok;
}

/** Lists the app's subscriptions to leads. */
export async function listSubscriptions(options: Options, terminal: Terminal): Promise<ExitCode> {
  const { client } = await open(options, terminal);
  const all: Subscription[] = [];
  for await (const one of client.subscriptions.list()) all.push(one);
  if (options.json) {
    for (const one of all) await terminal.print(JSON.stringify(one));
    return exitCodes.ok;
  }
  if (all.length === 0) terminal.note("There is no subscription.");
  const columns = ["id", "account", "form", "address"].map((title) => ({ title }));
  const rows = all.map(({ id, details, callbackUrl }) => [
    id,
    details.accountId ?? details.libraryId ?? "",
    details.formId ?? "all",
    plainText(callbackUrl),
  ]);
  if (rows.length > 0) for (const line of tableLines(columns, rows)) await terminal.print(line);
  return exitCodes.ok;
}

/** Ends a subscription. */
export async function unsubscribe(id: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { client } = await open(options, terminal);
  await client.subscriptions.unsubscribe(id);
  await terminal.print(options.json ? JSON.stringify({ id }) : `Ended ${plainText(id)}`);
  return exitCodes.ok;
}

async function open({ config, sandbox }: Options, terminal: Terminal) {
  return openTikTok(config, sandbox, await readSecret(terminal));
}
