import { createReadStream } from "node:fs";
import { BeaconryError } from "@beaconry/core";
import { type CsvError, type Options, parse } from "csv-parse";
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
const chunkSize = 256 * 1024;

/** Where in a row a field's values stand. */
type Places = readonly (readonly [field: PersonField | "country", places: readonly number[]])[];

/**
 * The people of a CSV of any size, in little memory. Rows that are no CSV are counted as malformed. Rejects with
 * `invalid_option` when the file can not be read or lacks the columns.
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
      const step = await table.read(text.slice(0, end));
      text = text.slice(end);
      yield { ...step, bytes: input.bytesRead - bytes };
      bytes = input.bytesRead;
    }
    if (!table) {
      // There are titles, or nothing at all, and no row.
      table = createTable(readTitles(text, source));
      text = "";
    }
    yield { ...(await table.end(text)), bytes: input.bytesRead - bytes };
  } catch (error) {
    throw readable(error, source);
  }
}

interface Table {
  /** Whole rows, each with its line break. */
  read(text: string): Promise<PeopleStep>;
  /** The last row, which may have none. */
  end(text: string): Promise<PeopleStep>;
}

/**
 * Rows without quotation marks are split here, three times as fast as csv-parse reads them; from the first one on
 * csv-parse reads everything.
 */
function createTable({ delimiter, places }: { delimiter: string; places: Places }): Table {
  let quoted: ReturnType<typeof createQuotedReader> | undefined;
  const toPerson = createToPerson(places);

  function split(text: string): PeopleStep {
    const people: AudiencePerson[] = [];
    for (const line of text.split("\n")) {
      if (line === "" || line === "\r") continue;
      people.push(toPerson((line.endsWith("\r") ? line.slice(0, -1) : line).split(delimiter)));
    }
    return { people };
  }

  return {
    async read(text) {
      if (!quoted && !text.includes('"')) return split(text);
      quoted ??= createQuotedReader(delimiter, toPerson);
      await quoted.write(text);
      return quoted.take();
    },
    async end(text) {
      if (!quoted && !text.includes('"')) return split(text);
      quoted ??= createQuotedReader(delimiter, toPerson);
      await quoted.write(text);
      await quoted.end();
      return quoted.take();
    },
  };
}

/** csv-parse, whose rows are taken as they come: as a stream it would need a promise for each. */
function createQuotedReader(delimiter: string, toPerson: (row: readonly string[]) => AudiencePerson) {
  let people: AudiencePerson[] = [];
  let malformed = 0;
  let failure: unknown;
  const options: Options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRow,
    on_record(row: string[]) {
      people.push(toPerson(row));
      return null;
    },
    on_skip(error: CsvError | undefined) {
      malformed++;
      if (error?.code === "CSV_MAX_RECORD_SIZE") failure = error;
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
      const step = { people, malformed };
      people = [];
      malformed = 0;
      return step;
    },
  };
}

function createToPerson(places: Places): (row: readonly string[]) => AudiencePerson {
  return (row) => {
    const person: Partial<Record<PersonField | "country", string | string[]>> = {};
    for (const [field, [first = 0, ...others]] of places) {
      if (others.length === 0) person[field] = row[first] ?? "";
      else if (field === "country") person[field] = [first, ...others].map((at) => row[at]).find(Boolean) ?? "";
      else person[field] = [first, ...others].map((at) => row[at] ?? "");
    }
    return person as AudiencePerson;
  };
}

function readTitles(line: string, source: CsvSource): { delimiter: string; places: Places } {
  const text = line.replace(/^\uFEFF/, "").replace(/\r$/, "");
  const delimiter = source.delimiter ?? mostOf(text, [",", ";", "\t"]);
  const titles = titlesOf(text, delimiter).map(plainTitle);
  const places = source.columns ? namedPlaces(titles, source.columns, source) : usualPlaces(titles);
  if (places.every(([field]) => field === "country")) {
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
  return fieldNames.flatMap((field) => {
    const places = titles.flatMap((title, place) => (usualTitles[field].includes(title) ? [place] : []));
    return places.length > 0 ? [[field, places] as const] : [];
  });
}

function namedPlaces(titles: readonly string[], columns: CsvColumns, source: CsvSource): Places {
  return fieldNames.flatMap((field) => {
    const names = [columns[field] ?? []].flat();
    const places = names.map((name) => {
      const place = titles.indexOf(plainTitle(name));
      if (place < 0) throw problem(source, `has no column ${name}, which columns.${field} names`);
      return place;
    });
    return places.length > 0 ? [[field, places] as const] : [];
  });
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
  return problem(source, `can not be read: ${code ?? "unknown"}`);
}
