import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { BeaconryError } from "@beaconry/core";
import { aFunction, checkOptions, group, type Rule, someText, textLike, wholeFrom } from "@beaconry/core/internal";
import { parse } from "csv-parse";
import { errorKind } from "../../error-kind.js";
import { TikTokBusinessError } from "../error.js";
import { readLead, type TikTokLead } from "./lead.js";
import { unzip } from "./unzip.js";

/** A file of leads: from the API, or exported from TikTok's Leads Center. */
export interface LeadFile {
  /** Either where it is … */
  path?: string;
  /** … or its bytes. */
  stream?: AsyncIterable<Uint8Array>;
  /** The form of all its leads, where the file does not say. */
  form?: string;
  /** Titles of columns that have a meaning of their own, where they are unusual: see {@link LeadColumn}. */
  columns?: Partial<Readonly<Record<LeadColumn, string>>>;
  /** Most bytes that an archive may hold. Default 1 GiB. */
  maxBytes?: number;
  /** Is told of rows that are no leads: their number from 1, the titles not counted. Default: nobody. */
  onRejected?: (row: number) => void;
}

/** Titles of columns about the lead, in the form of {@link plain}; all others are questions. */
const usualTitles = {
  lead_id: ["lead id", "leadid", "id"],
  create_time: ["create time", "created time", "creation time", "submit time", "submission time", "time"],
  page_id: ["page id", "form id", "instant form id"],
  page_name: ["page name", "form name", "instant form name"],
  advertiser_id: ["advertiser id", "ad account id"],
  advertiser_name: ["advertiser name", "ad account name"],
  library_id: ["library id"],
  campaign_id: ["campaign id"],
  campaign_name: ["campaign name"],
  adgroup_id: ["adgroup id", "ad group id"],
  adgroup_name: ["adgroup name", "ad group name"],
  ad_id: ["ad id"],
  ad_name: ["ad name"],
  lead_source: ["lead source"],
} as const;

/** What a column can be beside a question. */
export type LeadColumn = keyof typeof usualTitles;

const columnNames = Object.keys(usualTitles) as LeadColumn[];

const rules = {
  path: someText,
  stream: { takes: "bytes that come in pieces", fits: (value) => Symbol.asyncIterator in Object(value) },
  form: textLike(/^\d{1,40}$/, "digits"),
  columns: group(Object.fromEntries(columnNames.map((name) => [name, someText]))),
  maxBytes: wholeFrom(1),
  onRejected: aFunction,
} satisfies Record<keyof LeadFile, Rule>;

/** Longer rows are none of leads, characters. */
const longestRow = 1024 * 1024;

/**
 * The leads of a CSV, or of the CSVs in a ZIP archive, of any size, in little memory. Times without a zone are UTC, as
 * TikTok writes them. Rejects with `invalid_option` when it can not be read or has no column with the leads' ids.
 */
export async function* readLeadFile(file: LeadFile): AsyncGenerator<TikTokLead> {
  checkOptions("readLeadFile", file, rules);
  if ((file.path === undefined) === (file.stream === undefined))
    throw problem("accepted is path or stream, one of them");
  const input = file.stream ?? createReadStream(file.path ?? "");
  try {
    const { isArchive, bytes } = await sniff(input);
    const tables = isArchive ? archived(unzip(bytes, file.maxBytes ?? 1024 ** 3)) : [bytes];
    let row = 0;
    for await (const table of tables) {
      for await (const lead of readTable(table, file)) {
        row++;
        if (lead) yield lead;
        else file.onRejected?.(row);
      }
    }
  } catch (error) {
    throw readable(error);
  }
}

/** The header of an archive's first file, and, when there is none, that of its end. */
const archiveHeads = ["PK\u0003\u0004", "PK\u0005\u0006"];

/** Whether it is an archive, and all its bytes. */
async function sniff(input: AsyncIterable<Uint8Array>) {
  const iterator = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const bytes = async function* () {
    try {
      if (head.length > 0) yield head;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { isArchive: archiveHeads.includes(head.toString("latin1", 0, 4)), bytes: bytes() };
}

/** Each file of an archive by itself: it has titles of its own. */
async function* archived(pieces: AsyncGenerator<{ file: number; bytes: Uint8Array }>) {
  let next = await pieces.next();
  while (!next.done) {
    const { file } = next.value;
    const ofFile = async function* () {
      while (!next.done && next.value.file === file) {
        yield next.value.bytes;
        next = await pieces.next();
      }
    };
    yield ofFile();
  }
}

/** The leads of one CSV; `undefined` for a row that is none. */
async function* readTable(bytes: AsyncIterable<Uint8Array>, file: LeadFile): AsyncGenerator<TikTokLead | undefined> {
  const rows = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
  });
  // What goes wrong is thrown by the loop.
  pipeline(Readable.from(bytes, { objectMode: false }), rows, () => {});
  let read: ((row: readonly string[]) => TikTokLead | undefined) | undefined;
  for await (const row of rows as AsyncIterable<string[]>) {
    if (read) yield read(row);
    else read = createReader(row, file);
  }
}

function createReader(titles: readonly string[], { columns = {}, form }: LeadFile) {
  const places = new Map<LeadColumn, number>();
  for (const column of columnNames) {
    const named = columns[column];
    const accepted: readonly string[] = named === undefined ? usualTitles[column] : [plain(named)];
    const place = titles.findIndex((title) => accepted.includes(plain(title)));
    if (place >= 0) places.set(column, place);
    else if (named !== undefined) throw problem(`there is no column ${named}, which columns.${column} names`);
  }
  const idPlace = places.get("lead_id");
  if (idPlace === undefined) throw problem("no column has the leads' ids: name it with columns.lead_id");
  const taken = new Set(places.values());
  const questions = titles.flatMap((title, place) =>
    taken.has(place) || title.trim() === "" ? [] : [[title.trim(), place] as const],
  );
  return (row: readonly string[]) => {
    const of = Object.fromEntries([...places].map(([column, place]) => [column, row[place]]));
    const answers = questions.map(([question, place]) => [question, row[place] ?? ""] as const);
    return readLead(row[idPlace]?.replace(/^'|^\t/, ""), { ...of, page_id: of.page_id || form }, answers);
  };
}

function plain(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/\s*\((utc|utc\+0)\)$/, "")
    .replace(/[\s_-]+/g, " ");
}

function problem(what: string): BeaconryError {
  return new BeaconryError("invalid_option", `readLeadFile: ${what}`);
}

/** csv-parse's errors hold what stands in the file. */
function readable(error: unknown): unknown {
  if (error instanceof BeaconryError || error instanceof TikTokBusinessError) return error;
  if ((error as NodeJS.ErrnoException).code === "CSV_MAX_RECORD_SIZE") return problem("a row is longer than 1 MiB");
  return problem(`the file can not be read: ${errorKind(error)}`);
}
