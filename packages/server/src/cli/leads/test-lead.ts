import { openTikTok } from "../connect/config.js";
import { CliError, type ExitCode, exitCodes } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { accountOf } from "./account-of.js";

/** Options of `beaconry leads test`. */
export interface TestLeadOptions {
  readonly form: string;
  readonly account?: string;
  readonly config: string;
  readonly sandbox?: string;
  readonly json?: boolean;
}

/** Makes a form's test lead, in the place of an earlier one. */
export async function makeTestLead(options: TestLeadOptions, terminal: Terminal): Promise<ExitCode> {
  const { client, config } = await openTikTok(options.config, options.sandbox);
  const form = { accountId: accountOf(options.account, config), formId: options.form };
  if (await client.leads.testLead(form)) await client.leads.deleteTestLead(form);
  const lead = await client.leads.createTestLead(form);
  if (!lead) throw new CliError("TikTok gave no test lead");
  await terminal.print(options.json ? JSON.stringify(lead) : `Test lead ${lead.id}`);
  return exitCodes.ok;
}
