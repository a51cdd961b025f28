import { strToU8, zipSync } from "fflate";
import { sandboxCampaign } from "./forms.js";
import { type SandboxLead, toUtc } from "./lead.js";

/** A file with leads. */
export interface LeadFile {
  readonly file_name: string;
  readonly file_type: "csv" | "zip";
  readonly bytes: Uint8Array;
}

/** TikTok zips files from 10 MB on; a sandbox has no such forms, so that it does it for so many leads. */
const ZIP_FROM = 1_000;

const campaignColumns = Object.keys(sandboxCampaign) as (keyof typeof sandboxCampaign)[];

/** TikTok does not describe its columns: these are the names of its API. */
export function writeLeadFile(name: string, leads: readonly SandboxLead[]): LeadFile {
  const questions = [...new Set(leads.flatMap(({ answers }) => Object.keys(answers)))];
  const titles = ["lead_id", "create_time", "page_id", "page_name", "advertiser_id", ...campaignColumns, ...questions];
  const rows = leads.map(({ id, createdAt, formId, formName, accountId, answers }) => [
    id,
    toUtc(createdAt),
    formId,
    formName,
    accountId,
    ...campaignColumns.map((column) => sandboxCampaign[column]),
    ...questions.map((question) => answers[question] ?? ""),
  ]);
  const csv = strToU8([titles, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join(""));
  if (leads.length < ZIP_FROM) return { file_name: `${name}.csv`, file_type: "csv", bytes: csv };
  return { file_name: `${name}.zip`, file_type: "zip", bytes: zipSync({ [`${name}.csv`]: csv }) };
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
