import { createReadStream } from "node:fs";
import { BeaconryError } from "@beaconry/core";
import { type Options, parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import type { PeopleStep } from "./people-source.js";
import type { AudiencePerson, PersonField } from "./person.js";

/** Which columns of a CSV hold what, by their titles; upper and lower case are the same. */
export type CsvColumns = Readonly<Partial<Record<PersonField | "country", string | readonly string[]>>>;

/** A CSV of people, with titles in its first row. In UTF-8; values may stand in quotation marks. */
export interface CsvSource {
  readonly path: string;
  /** Default: those whose titles are usual, such as `Email`, `phone_number`, `GAID`. */
  readonly columns?: CsvColumns;
  /** What stands between values. Default: which of `,`, `;` and tab the first row has most. */
  readonly delimiter?: string;
}

/** The titles by which a column is known when none is named, in the form of {@link plainTitle}. */
const usualTitles: Readonly<Record<PersonField | "country", readonly string[]>> = {
  email: ["email", "e mail", "mail", "email address", "e mail address", "email sha256"],
  phone: ["phone", "phone number", "mobile", "mobile phone", "mobile number", "telephone", "tel", "phone sha256"],
  country: ["country", "country code"],
  idfa: ["idfa", "idfa sha256"],
  gaid: ["gaid", "aaid", "gaid sha256", "aaid sha256"],
};

const fieldNames = Object.keys(usualTitles) as (PersonField | "country")[];

/** Longer rows are none of a table of people, characters. */
const longestRow = 1024 * 1024;
const chunkSize = 64 * 1024;
const carriageReturn = 13;

/** What each column of a row holds; up to the last that is needed. */
type Places = readonly (PersonField | "country" | undefined)[];

/** People made at once: few enough to be gone before memory is cleaned up. */
const stepSize = 500;

/**
 * The people of a CSV of any size, in little memory. Rejects with `invalid_option` when the file can not be
 * read, lacks the columns, or has a quotation mark that never ends: whoever stands behind it would be lost.
 */
export async function* readCsv(source: CsvSource): AsyncGenerator<PeopleStep> {
  const input = createReadStream(source.path, { encoding: "utf8", highWaterMark: chunkSize });
  let text = "";
  let table: Table | undefined;
  let bytes = 0;
  try {
    for await (const chunk of input as AsyncIterable<string>) {
      text += chunk;
      if (!table) {
        const end = text.indexOf("\n");
        if (end < 0 && text.length <= longestRow) continue;
        table = createTable(readTitles(text.slice(0, Math.max(end, 0)), source));
        text = text.slice(end + 1);
      }
      const end = text.lastIndexOf("\n") + 1;
      if (end === 0 && text.length > longestRow) throw problem(source, "has a row longer than 1 MiB");
      yield* table.read(text.slice(0, end));
      text = text.slice(end);
      yield { people: [], bytes: input.bytesRead - bytes };
      bytes = input.bytesRead;
    }
    if (!table) {
      // There are titles, or nothing at all, and no row.
      table = createTable(readTitles(text, source));
      text = "";
    }
    yield* table.end(text);
    yield { people: [], bytes: input.bytesRead - bytes };
  } catch (error) {
    throw readable(error, source);
  }
}

interface Table {
  /** Whole rows, each with its line break. */
  read(text: string): AsyncGenerator<PeopleStep>;
  /** The last row, which may have none. */
  end(text: string): AsyncGenerator<PeopleStep>;
}

/**
 * Rows without quotation marks are split here, three times as fast as csv-parse reads them; from the first one on
 * csv-parse reads everything.
 */
function createTable({ delimiter, places }: { delimiter: string; places: Places }): Table {
  let quoted: ReturnType<typeof createQuotedReader> | undefined;

  function* split(text: string): Generator<PeopleStep> {
    let people: AudiencePerson[] = [];
    for (let start = 0; start < text.length; ) {
      const lineEnd = text.indexOf("\n", start);
      const next = lineEnd < 0 ? text.length : lineEnd + 1;
      let end = lineEnd < 0 ? text.length : lineEnd;
      if (text.charCodeAt(end - 1) === carriageReturn) end--;
      if (end > start) people.push(splitRow(text.slice(start, end)));
      start = next;
      if (people.length < stepSize) continue;
      yield { people };
      people = [];
    }
    yield { people };
  }

  function splitRow(row: string): AudiencePerson {
    const person: MutablePerson = {};
    for (let place = 0, from = 0; place < places.length && from <= row.length; place++) {
      const found = row.indexOf(delimiter, from);
      const to = found < 0 ? row.length : found;
      const field = places[place];
      if (field) put(person, field, row.slice(from, to));
      from = to + delimiter.length;
    }
    return person as AudiencePerson;
  }

  function toPerson(row: readonly string[]): AudiencePerson {
    const person: MutablePerson = {};
    for (const [place, field] of places.entries()) if (field) put(person, field, row[place] ?? "");
    return person as AudiencePerson;
  }

  async function* read(text: string): AsyncGenerator<PeopleStep> {
    if (!quoted && !text.includes('"')) return yield* split(text);
    quoted ??= createQuotedReader(delimiter, toPerson);
    await quoted.write(text);
    yield quoted.take();
  }

  return {
    read,
    async *end(text) {
      yield* read(text);
      if (!quoted) return;
      await quoted.end();
      yield quoted.take();
    },
  };
}

type MutablePerson = Partial<Record<PersonField | "country", string | string[]>>;

/** Several columns of a field are several values; of countries the first that is there. */
function put(person: MutablePerson, field: PersonField | "country", value: string): void {
  const before = person[field];
  if (before === undefined || before === "") person[field] = value;
  else if (field !== "country" && value !== "") person[field] = [before, value].flat();
}

/** csv-parse, whose rows are taken as they come: as a stream it would need a promise for each. */
function createQuotedReader(delimiter: string, toPerson: (row: readonly string[]) => AudiencePerson) {
  let people: AudiencePerson[] = [];
  let failure: unknown;
  const options: Options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    on_record(row: string[]) {
      people.push(toPerson(row));
      return null;
    },
  };
  const parser = parse(options);
  parser.on("error", (error) => {
    failure = error;
  });
  parser.resume();

  const settle = () => {
    if (failure) throw failure;
  };

  return {
    async write(text: string) {
      await new Promise<void>((resolve) => parser.write(text, () => resolve()));
      settle();
    },
    async end() {
      await new Promise<void>((resolve) => parser.end(() => resolve()));
      settle();
    },
    take(): PeopleStep {
      const step = { people };
      people = [];
      return step;
    },
  };
}

function readTitles(line: string, source: CsvSource): { delimiter: string; places: Places } {
  const text = line.replace(/^\uFEFF/, "").replace(/\r$/, "");
  const delimiter = source.delimiter ?? mostOf(text, [",", ";", "\t"]);
  const titles = titlesOf(text, delimiter).map(plainTitle);
  const places = source.columns ? namedPlaces(titles, source.columns, source) : usualPlaces(titles);
  if (!places.some((field) => field !== undefined && field !== "country")) {
    throw problem(source, "has no column with a usual title in its first row: name them with columns");
  }
  return { delimiter, places };
}

/** One row; a first row that is no CSV has no titles. */
function titlesOf(text: string, delimiter: string): readonly string[] {
  try {
    const rows: string[][] = parseAtOnce(text, { delimiter, relax_quotes: true });
    return rows[0] ?? [];
  } catch {
    return [];
  }
}

function usualPlaces(titles: readonly string[]): Places {
  return upToLast(titles.map((title) => fieldNames.find((field) => usualTitles[field].includes(title))));
}

function namedPlaces(titles: readonly string[], columns: CsvColumns, source: CsvSource): Places {
  const places: (PersonField | "country" | undefined)[] = titles.map(() => undefined);
  for (const field of fieldNames) {
    for (const name of [columns[field] ?? []].flat()) {
      const place = titles.indexOf(plainTitle(name));
      if (place < 0) throw problem(source, `has no column ${name}, which columns.${field} names`);
      places[place] = field;
    }
  }
  return upToLast(places);
}

function upToLast(places: Places): Places {
  return places.slice(0, places.findLastIndex((field) => field !== undefined) + 1);
}

function plainTitle(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, " ");
}

function mostOf(text: string, candidates: readonly string[]): string {
  const counts = candidates.map((candidate) => text.split(candidate).length);
  return candidates[counts.indexOf(Math.max(...counts))] ?? ",";
}

function problem({ path }: CsvSource, what: string): BeaconryError {
  return new BeaconryError("invalid_option", `csv: ${path} ${what}`);
}

/** csv-parse's errors hold what stands in the file. */
function readable(error: unknown, source: CsvSource): unknown {
  if (error instanceof BeaconryError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "CSV_MAX_RECORD_SIZE")
    return problem(source, "has a row longer than 1 MiB: a quotation mark never ends");
  if (code === "CSV_QUOTE_NOT_CLOSED") return problem(source, "has a quotation mark that never ends");
  return problem(source, `can not be read: ${code ?? "unknown"}`);
}
