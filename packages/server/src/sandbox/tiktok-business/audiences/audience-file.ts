import { sha256Hex } from "@beaconry/core/internal";
import { HashSet } from "../../../hash-set.js";
import { fits, titleProblem } from "./calculate-types.js";

/** A file of hashes that was uploaded. */
export interface AudienceFile {
  readonly path: string;
  readonly accountId: string;
  readonly calculateType: string;
  readonly md5: string;
  readonly bytes: number;
  readonly rows: number;
  /** Rows with a value that does not fit its column, or with none at all. */
  readonly badRows: number;
  readonly hashes: HashSet;
  /** Kinds of ids that it has columns for, in upper case. */
  readonly idTypes: readonly string[];
}

/** Hashes that one file may have here. */
const mostHashes = 5_000_000;
const longestRow = 4_096;

/** Hashes as an audience keeps them: what is no SHA-256 is hashed, so that all are of one length. */
export function toMember(value: string): string {
  return /^[\da-f]{64}$/i.test(value) ? value.toLowerCase() : sha256Hex(value.toLowerCase());
}

/** Reads a file of hashes as it comes. */
export interface FileReader {
  read(text: string): void;
  /** The rows, or what is wrong with the file. */
  end():
    | Pick<AudienceFile, "rows" | "badRows" | "hashes" | "idTypes">
    | { readonly code: number; readonly message: string };
}

export function createFileReader(calculateType: string): FileReader {
  const hashes = new HashSet(32);
  let types: readonly string[] | undefined;
  let rest = "";
  let rows = 0;
  let badRows = 0;
  let problem: { code: number; message: string } | undefined;

  function readRow(row: string): void {
    const cells = row.replace(/\r$/, "").split(",");
    if (!types) {
      const wrong = titleProblem(calculateType, cells);
      if (wrong) problem = { code: 40914, message: `The file is invalid: ${wrong}` };
      types = calculateType === "MULTIPLE_TYPES" ? cells.map((cell) => cell.trim()) : [calculateType];
      if (calculateType === "MULTIPLE_TYPES") return;
    }
    const values = cells.map((cell) => cell.trim());
    if (values.every((value) => value === "")) return;
    rows++;
    const isGood =
      values.length <= types.length && values.every((value, at) => value === "" || fits(types?.[at] ?? "", value));
    if (!isGood) badRows++;
    else for (const value of values) if (value !== "") hashes.add(toMember(value));
    if (hashes.size > mostHashes)
      problem = { code: 40907, message: `The sandbox takes ${mostHashes} hashes in a file` };
  }

  return {
    read(text) {
      if (problem) return;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (!problem) readRow(line);
      if (rest.length > longestRow) problem = { code: 40914, message: "The file is invalid: a row is too long" };
    },
    end() {
      if (rest !== "" && !problem) readRow(rest);
      if (problem) return problem;
      if (rows === 0) return { code: 40906, message: "The file is empty" };
      if (badRows === rows) return { code: 40914, message: `The file is invalid: no row has ${calculateType}` };
      return { rows, badRows, hashes, idTypes: [...new Set(types?.map((type) => type.toUpperCase()))] };
    },
  };
}
