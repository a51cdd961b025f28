import { HashSet } from "../../hash-set.js";
import {
  type AudiencePerson,
  createReadValue,
  type EmailForm,
  type InvalidReason,
  type PersonField,
} from "./person.js";

/** What became of the people that were given. `total` is the sum of `valid`, `duplicate` and `invalid`. */
export interface PeopleCounts {
  readonly total: number;
  /** Taken. */
  readonly valid: number;
  /** By all that is known of them they came before. */
  readonly duplicate: number;
  /** Not usable. */
  readonly invalid: number;
  /** How many of those that are not usable for each reason. */
  readonly reasons: Readonly<Partial<Record<InvalidReason, number>>>;
  /** Values that were not usable, of people who were taken by another one. */
  readonly valuesLeftOut: number;
}

/** Checks, hashes and counts people; each is taken once. */
export interface PeopleTaker {
  /**
   * The person's hashes in rows: one value for each column, empty for none, with commas between them; several rows for
   * somebody with several values of a kind. No row for whoever is not taken.
   */
  take(person: AudiencePerson): readonly string[];
  counts(): PeopleCounts;
}

/**
 * Of each hash 8 bytes tell it from others: 10 to 15 MB for a million identifiers, among which somebody is taken for
 * another with a chance of 1 in 37 million.
 */
const distinctBytes = 8;
const hashLength = 64;

const noRows: readonly string[] = [];

/** @param columns what each column may hold */
export function createPeopleTaker(columns: readonly (readonly PersonField[])[], emailForm: EmailForm): PeopleTaker {
  const seen = new HashSet(distinctBytes);
  const readValue = createReadValue(emailForm);
  const reasons: Partial<Record<InvalidReason, number>> = {};
  let valid = 0;
  let duplicate = 0;
  let invalid = 0;
  let valuesLeftOut = 0;
  // Of the person who is being taken; not made anew for each of millions.
  let problem: InvalidReason = "missing";
  let problems = 0;
  let isNew = false;

  function leaveOut(reason: InvalidReason): void {
    invalid++;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }

  /** The hash, or `""`. */
  function read(field: PersonField, value: unknown, country: string | undefined): string {
    if (value === undefined || value === null) return "";
    const hash = typeof value === "string" ? readValue(field, value, country) : field;
    if (hash.length === hashLength) {
      if (seen.add(hash)) isNew = true;
      return hash;
    }
    if (hash !== "missing" && problems++ === 0) problem = hash as InvalidReason;
    return "";
  }

  /** The one hash of a column, `""` for none; or the second and so on behind it. */
  function readColumn(person: AudiencePerson, fields: readonly PersonField[]): string | readonly string[] {
    const field = fields[0];
    const value: unknown = field && person[field];
    // By far the most.
    if (field && fields.length === 1 && typeof value === "string") return read(field, value, person.country);
    return readSeveral(person, fields);
  }

  function readSeveral(person: AudiencePerson, fields: readonly PersonField[]): string | readonly string[] {
    let first = "";
    let several: string[] | undefined;
    const put = (hash: string) => {
      if (first === "") first = hash;
      else if (hash !== "" && hash !== first && !several?.includes(hash)) several = [...(several ?? [first]), hash];
    };
    for (const field of fields) {
      const value: unknown = person[field];
      if (value === undefined || value === null) continue;
      if (Array.isArray(value)) for (const one of value) put(read(field, one, person.country));
      else put(read(field, value, person.country));
    }
    return several ?? first;
  }

  return {
    take(person) {
      problem = "missing";
      problems = 0;
      isNew = false;
      let row = "";
      let several: (readonly string[])[] | undefined;
      for (let at = 0; at < columns.length; at++) {
        const hashes = readColumn(person, columns[at] ?? []);
        if (at > 0) row += ",";
        if (typeof hashes === "string") row += hashes;
        else {
          several ??= [];
          several[at] = hashes;
        }
      }
      const isEmpty = row.length < columns.length && !several;
      if (isEmpty) leaveOut(problem);
      else if (!isNew) duplicate++;
      else {
        valid++;
        valuesLeftOut += problems;
        return several ? rowsOf(row, several) : [row];
      }
      return noRows;
    },
    counts: () => ({
      total: valid + duplicate + invalid,
      valid,
      duplicate,
      invalid,
      reasons: { ...reasons },
      valuesLeftOut,
    }),
  };
}

/** @param several in place of what is empty in the first row, by column */
function rowsOf(first: string, several: readonly (readonly string[] | undefined)[]): readonly string[] {
  const lists = first.split(",").map((hash, column) => several[column] ?? [hash]);
  const length = Math.max(...lists.map((hashes) => hashes.length));
  return Array.from({ length }, (_, row) => lists.map((hashes) => hashes[row] ?? "").join(","));
}
