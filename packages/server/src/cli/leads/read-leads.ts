import { createInterface } from "node:readline";
import { type MappedLead, readLeadFile } from "../../tiktok-business/index.js";
import { errorOf, usageError } from "../exit-codes.js";
import { openSource } from "../input.js";
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
export async function readLeads(path: string, { form, idColumn, forms }: ReadOptions): Promise<ReadLeads> {
  const map = await readForms(forms);
  const { stream, name } = await openSource(path);
  if (/\.(jsonl|ndjson)$/.test(path)) return { leads: readLines(stream, name), rejected: () => 0 };
  let rejected = 0;
  const onRejected = () => {
    rejected++;
  };
  const mapped = async function* () {
    const columns = idColumn === undefined ? {} : { lead_id: idColumn };
    try {
      for await (const lead of readLeadFile({ stream, columns, onRejected, ...(form && { form }) })) yield map(lead);
    } catch (error) {
      throw errorOf(name, error);
    }
  };
  return { leads: mapped(), rejected: () => rejected };
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
