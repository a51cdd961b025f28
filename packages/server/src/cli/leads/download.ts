import type { LeadRegion, MappedLead } from "../../tiktok-business/index.js";
import { openTikTok } from "../connect/config.js";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { accountOf } from "./account-of.js";
import { readForms } from "./read-forms.js";
import { type ShowOptions, showLeads } from "./show-leads.js";

/** Options of `beaconry leads download`. */
export interface DownloadOptions extends ShowOptions {
  readonly form?: string;
  readonly ad?: string;
  readonly region?: LeadRegion;
  readonly forms?: string;
  readonly account?: string;
  readonly config: string;
  readonly sandbox?: string;
}

/** Downloads all leads of a form or an ad, and shows them. */
export async function downloadLeads(options: DownloadOptions, terminal: Terminal): Promise<ExitCode> {
  const { form, ad, region } = options;
  if ((form === undefined) === (ad === undefined)) throw usageError("--form or --ad is missing: one of the two");
  const map = await readForms(options.forms);
  const { client, config } = await openTikTok(options.config, options.sandbox);
  const leads = client.leads.download({
    accountId: accountOf(options.account, config),
    ...(form !== undefined ? { formId: form } : { adId: ad }),
    ...(region && { region }),
  });
  const mapped = async function* (): AsyncGenerator<MappedLead> {
    for await (const lead of leads) yield map(lead);
  };
  await showLeads(mapped(), options, terminal);
  return exitCodes.ok;
}
