import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { resolve } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { BeaconryError } from "@beaconry/core";
import { checkOptions, type Rule, required, someText } from "@beaconry/core/internal";
import { prepareDatabase, prepareFile } from "./schema.js";
import { readFault } from "./store-error.js";

/** Options of {@link salvageOutbox}. */
export interface SalvageOutboxOptions {
  /** The corrupt file; only read. The files beside it (-wal, -shm) must be where they were. */
  from: string;
  /** The new file; must not exist. */
  to: string;
}

/** What {@link salvageOutbox} found. */
export interface SalvagedOutbox {
  /** Parcels that wait. */
  readonly parcels: number;
  readonly deadLetters: number;
  /** Whether everything was readable. */
  readonly complete: boolean;
}

const rules = { from: required(someText), to: required(someText) } satisfies Record<keyof SalvageOutboxOptions, Rule>;

/** A database's files by the ends of their names. */
const fileEnds = ["", "-wal", "-shm"];

/** Tables and their keys, by which they are read from both ends. */
const tables = { segments: "last_id", parcels: "id", dead_letters: "id", seen: "id", once: "id" } as const;

/**
 * Copies what is readable of a corrupt outbox into a new one: every table is read from its start and from its end, up
 * to where it is damaged. It works on a copy beside the new file. No process may use either file meanwhile. Blocks until it is done.
 */
export function salvageOutbox(options: SalvageOutboxOptions): SalvagedOutbox {
  checkOptions("salvageOutbox", options, rules);
  const [given, to] = [resolve(options.from), resolve(options.to)];
  if (existsSync(to)) throw new BeaconryError("invalid_option", `salvageOutbox: ${to} exists already`);
  if (!existsSync(given)) throw new BeaconryError("invalid_option", `salvageOutbox: there is no ${given}`);
  // Behind a symbolic link, the log lies beside what it leads to.
  const from = realpathSync(given);
  const copied = `${to}-source`;
  // Not imported: Node 22 would announce it as experimental in every process that only has an outbox.
  const sqlite = process.getBuiltinModule("node:sqlite");
  const databases: DatabaseSync[] = [];
  const open = (path: string) => {
    const database = new sqlite.DatabaseSync(path);
    databases.push(database);
    return database;
  };
  let found: SalvagedOutbox | undefined;
  try {
    prepareFile(to);
    const target = open(to);
    prepareDatabase(target, to);
    copyFile(from, copied);
    found = copy(open(copied), target);
    return found;
  } catch (error) {
    const { code, message } = readFault(error, from);
    throw new BeaconryError(code, message, { cause: error });
  } finally {
    for (const database of databases) database.close();
    // What was begun and not finished goes too, so that it can be tried again.
    for (const path of found ? [copied] : [copied, to]) removeFiles(path);
  }
}

function removeFiles(path: string): void {
  for (const end of fileEnds) rmSync(path + end, { force: true });
}

/** A copy to read from. One that was cut short gets its length again, or SQLite reads nothing of it. */
function copyFile(from: string, to: string): void {
  for (const end of ["", "-wal"]) {
    if (!existsSync(from + end)) continue;
    copyFileSync(from + end, to + end);
    chmodSync(to + end, 0o600);
  }
  const header = Buffer.alloc(100);
  const file = openSync(to, "r+");
  readSync(file, header, 0, header.length, 0);
  // https://sqlite.org/fileformat.html, 1.3: the page size, and the number of pages.
  const length = header.readUInt16BE(16) * header.readUInt32BE(28);
  if (header.toString("latin1", 0, 15) === "SQLite format 3" && fstatSync(file).size < length)
    ftruncateSync(file, length);
  closeSync(file);
}

function copy(source: DatabaseSync, target: DatabaseSync): SalvagedOutbox {
  target.exec("BEGIN IMMEDIATE");
  const complete = Object.entries(tables).map(([table, key]) => copyTable(source, target, table, key));
  // Ids go on far from where they were: a late acknowledgement must not meet a new parcel.
  target.exec(`
    DELETE FROM sqlite_sequence WHERE name = 'segments';
    INSERT INTO sqlite_sequence (name, seq)
      SELECT 'segments', 1000000 + max(
        coalesce((SELECT max(last_id) FROM segments), 0), coalesce((SELECT max(id) FROM parcels), 0));
    INSERT INTO counts (what, destination, number)
      SELECT 'waiting', destination, sum(number) FROM (
        SELECT destination, count AS number FROM segments UNION ALL SELECT destination, 1 FROM parcels)
      GROUP BY destination;
    INSERT INTO counts (what, destination, number) SELECT 'dead', '', count(*) FROM dead_letters;
    COMMIT`);
  const count = (what: string) =>
    Number(target.prepare("SELECT total(number) AS number FROM counts WHERE what = ?").get(what)?.number);
  return { parcels: count("waiting"), deadLetters: count("dead"), complete: complete.every(Boolean) };
}

/** Whether all of it was readable. */
function copyTable(source: DatabaseSync, target: DatabaseSync, table: string, key: string): boolean {
  const columns = target
    .prepare(`SELECT * FROM ${table}`)
    .columns()
    .map(({ name }) => name);
  const values = columns.map(() => "?").join();
  const insert = target.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join()}) VALUES (${values})`);
  const copyRows = (order: string) => {
    const rows = source.prepare(`SELECT ${columns.join()} FROM ${table} ORDER BY ${key} ${order}`).iterate();
    for (const row of rows) insert.run(...columns.map((column) => row[column] as SQLInputValue));
  };
  try {
    copyRows("ASC");
    return true;
  } catch {
    // Damaged: what lies behind is read from the end.
  }
  try {
    copyRows("DESC");
  } catch {
    // Up to the damage.
  }
  return false;
}
