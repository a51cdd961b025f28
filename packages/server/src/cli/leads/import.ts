import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { type ReadOptions, readLeads } from "./read-leads.js";
import { type ShowOptions, showLeads } from "./show-leads.js";

/** Options of `beaconry leads import`. */
export interface ImportOptions extends ReadOptions, ShowOptions {}

/** Reads a file of leads, and shows them. */
export async function importLeads(file: string, options: ImportOptions, terminal: Terminal): Promise<ExitCode> {
  const { leads, rejected } = await readLeads(file, options, terminal);
  await showLeads(leads, options, terminal);
  if (rejected() === 0) return exitCodes.ok;
  terminal.note(`${count(rejected(), "row")} without a lead's id`);
  return exitCodes.failed;
}
