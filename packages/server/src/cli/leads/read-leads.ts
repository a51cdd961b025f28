import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type MappedLead, readLeadFile } from "../../tiktok-business/index.js";
import { errorOf, usageError } from "../exit-codes.js";
import { openSource, type Source } from "../input.js";
import { plainText } from "../plain-text.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { readForms } from "./read-forms.js";

/** How a file of leads is read. */
export interface ReadOptions {
  readonly form?: string;
  readonly idColumn?: string;
  readonly forms?: string;
}

/** Leads of a file, and how many of its rows are none. */
export interface ReadLeads {
  readonly leads: AsyncIterable<MappedLead>;
  readonly rejected: () => number;
}

/** Reads a CSV, a ZIP, or, by its name, a file of one JSON object a line. */
export async function readLeads(
  path: string,
  { form, idColumn, forms }: ReadOptions,
  terminal: Terminal,
): Promise<ReadLeads> {
  const map = await readForms(forms);
  const source = await openSource(path);
  const { name } = source;
  let read = 0;
  const stream = watched(source, terminal, () => count(read, "lead"));
  const seen = async function* (leads: AsyncIterable<MappedLead>) {
    for await (const lead of leads) {
      read++;
      yield lead;
    }
  };
  if (/\.(jsonl|ndjson)$/.test(path)) return { leads: seen(readLines(Readable.from(stream), name)), rejected: () => 0 };
  let rejected = 0;
  const onRejected = () => {
    rejected++;
  };
  const mapped = async function* () {
    const columns = idColumn === undefined ? {} : { lead_id: idColumn };
    try {
      for await (const lead of readLeadFile({ stream, columns, onRejected, ...(form && { form }) })) yield map(lead);
    } catch (error) {
      throw errorOf(name, error, (message) => message.replace("columns.lead_id", "--id-column"));
    }
  };
  return { leads: seen(mapped()), rejected: () => rejected };
}

/** The file's bytes, with a bar of how many have been read. */
async function* watched({ stream, name, size = 0 }: Source, terminal: Terminal, counted: () => string) {
  const progress = terminal.progress(`Reading ${plainText(name, 40)}`, size);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      progress.advance(chunk.length, counted());
      yield chunk;
    }
  } finally {
    progress.end();
  }
}

async function* readLines(input: NodeJS.ReadableStream, name: string): AsyncGenerator<MappedLead> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === "") continue;
    const lead = readLine(line);
    if (!lead) throw usageError(`${name}: line ${number} is no lead: accepted is what --out writes`);
    yield lead;
  }
}

function readLine(line: string): MappedLead | undefined {
  try {
    const lead = JSON.parse(line);
    const isLead =
      typeof lead?.id === "string" && lead.id !== "" && typeof lead.user === "object" && lead.user !== null;
    return isLead ? lead : undefined;
  } catch {
    return undefined;
  }
}
