import type { Audience } from "../../tiktok-business/index.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { grouped } from "../words.js";
import { type AccountOptions, openAudiences } from "./access.js";

/** Lists audiences: one a line, or as a table. */
export async function listAudiences(
  options: AccountOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { audiences, accountId } = await openAudiences(options, process.env);
  const rows: string[][] = [];
  for await (const audience of audiences.list(accountId)) {
    if (options.json) await terminal.print(JSON.stringify(audience));
    else rows.push(toRow(audience));
  }
  if (options.json) return exitCodes.ok;
  if (rows.length === 0) terminal.note("The account has no audience.");
  const columns = [
    { title: "name" },
    { title: "id" },
    { title: "type" },
    { title: "schema" },
    { title: "people", right: true as const },
    { title: "usable" },
    { title: "expires" },
  ];
  if (rows.length > 0) for (const line of tableLines(columns, rows)) await terminal.print(line);
  return exitCodes.ok;
}

function toRow({ name, id, type, schema, calculateType, size, usable, expiring, expiresAt }: Audience): string[] {
  return [
    plainText(name, 40),
    id,
    plainText(type, 30),
    schema ?? plainText(calculateType ?? "–", 20),
    grouped(size),
    usable ? "yes" : "no",
    `${plainText(expiresAt ?? "–", 19)}${expiring ? " (soon)" : ""}`,
  ];
}
