import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { chmod } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { MappedLead } from "../../tiktok-business/index.js";
import { usageError } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";

/** Where leads are shown. */
export interface ShowOptions {
  /** Written to this file, one JSON object a line, and counted. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Most leads of a table; the others are counted. */
const mostShown = 50;

/** Shows leads as they come: to a file, as JSON lines, or as a table of the first. Gives their number. */
export async function showLeads(
  leads: AsyncIterable<MappedLead>,
  { out, json }: ShowOptions,
  terminal: Terminal,
): Promise<number> {
  if (out !== undefined) {
    const number = await writeLeads(leads, out);
    await terminal.print(json ? JSON.stringify({ leads: number, file: out }) : `${count(number, "lead")} in ${out}`);
    return number;
  }
  let number = 0;
  const rows: string[][] = [];
  for await (const lead of leads) {
    number++;
    if (json) await terminal.print(JSON.stringify(lead));
    else if (number <= mostShown) rows.push(toRow(lead));
  }
  if (json) return number;
  const columns = ["id", "handed in (UTC)", "form", "name", "e-mail", "phone"].map((title) => ({ title }));
  if (rows.length > 0) for (const line of tableLines(columns, rows)) await terminal.print(line);
  const hidden = number - rows.length;
  terminal.note(hidden > 0 ? `${count(number, "lead")}, ${hidden} not shown: see --out` : count(number, "lead"));
  return number;
}

function toRow({ id, createdAt, form, contact, user }: MappedLead): string[] {
  const time = createdAt === undefined ? "" : new Date(createdAt).toISOString().slice(0, 19).replace("T", " ");
  const texts = [form?.name ?? form?.id, contact.name, user.email, user.phone];
  return [id, time, ...texts.map((text) => plainText(String(text ?? ""), 30))];
}

async function writeLeads(leads: AsyncIterable<MappedLead>, path: string): Promise<number> {
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    await once(file, "open");
    await chmod(path, 0o600);
  } catch (error) {
    throw usageError(`--out ${path} can not be written: ${(error as NodeJS.ErrnoException).code}`);
  }
  let number = 0;
  for await (const lead of leads) {
    number++;
    if (!file.write(`${JSON.stringify(lead)}\n`)) await once(file, "drain");
  }
  file.end();
  await finished(file);
  return number;
}
