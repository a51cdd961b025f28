import { chmodSync, closeSync, openSync, realpathSync, statSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { StoreError } from "./store-error.js";

/** What is special about the files of one kind of store. */
export interface FileFormat {
  /** What such a file is, in messages. */
  readonly holds: string;
  /** Says in the file's header what it is. */
  readonly applicationId: number;
  /** What takes a file from each schema version to the next; the first fills an empty one. */
  readonly migrations: readonly string[];
}

/** How long to wait for another process that writes, ms. */
export const busyTimeout = 5_000;

/**
 * Parcels come in segments: those of one destination from one commit, written as one row. `take` unpacks them into
 * rows of their own. Ids number the parcels in order of arrival; a segment's are the `count` up to `last_id`.
 */
const migrations = [
  `CREATE TABLE segments (
     last_id INTEGER PRIMARY KEY AUTOINCREMENT,
     count INTEGER NOT NULL,
     destination TEXT NOT NULL,
     data BLOB NOT NULL);
   CREATE INDEX segments_by_destination ON segments (destination, last_id);

   CREATE TABLE parcels (
     id INTEGER PRIMARY KEY,
     destination TEXT NOT NULL,
     due_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     record TEXT NOT NULL);
   CREATE INDEX parcels_by_due ON parcels (destination, due_at, id);

   CREATE TABLE dead_letters (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     destination TEXT NOT NULL,
     reason TEXT NOT NULL,
     detail TEXT NOT NULL,
     died_at INTEGER NOT NULL,
     expires_at REAL NOT NULL,
     record TEXT NOT NULL);
   CREATE INDEX dead_letters_by_destination ON dead_letters (destination, reason, id);

   CREATE TABLE seen (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     added_at INTEGER NOT NULL,
     look_at INTEGER NOT NULL,
     keys BLOB NOT NULL);

   CREATE TABLE once (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     key BLOB NOT NULL UNIQUE);

   CREATE TABLE counts (
     what TEXT NOT NULL,
     destination TEXT NOT NULL,
     number INTEGER NOT NULL,
     PRIMARY KEY (what, destination)) WITHOUT ROWID;`,
];

/** How the application ids of all our files begin: "Bcn". */
const beaconry = 0x42636e;

/** An outbox; the number is "Bcnr". */
export const outboxFormat: FileFormat = { holds: "outbox", applicationId: 0x42636e72, migrations };

/**
 * Makes the file if there is none, so that nobody but its owner can read it. Gives the path where it lies: beside that
 * SQLite has its log, and not beside a symbolic link.
 */
export function prepareFile(path: string): string {
  try {
    closeSync(openSync(path, "a", 0o600));
    return realpathSync(path);
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** Takes the rights of others away: only from a file that is known to be ours. SQLite gives those beside it its mode. */
function keepToOwner(path: string): void {
  try {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats && (stats.mode & 0o077) !== 0) chmodSync(file, 0o600);
    }
  } catch (error) {
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): StoreError {
  return new StoreError("outbox_failed", `${path} can not be opened for writing: ${(error as Error).message}`);
}

/** Brings an open file to today's schema, or says why it can not be used. A file of another program is not touched. */
export function prepareDatabase(database: DatabaseSync, path: string, format: FileFormat = outboxFormat): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
  checkOwner(database, path, format);
  keepToOwner(path);
  // Only for a file that is empty still: half the calls of 4,096, and small commits are not much larger.
  database.exec("PRAGMA page_size = 8192");
  // Only the write-ahead log lets one commit be one sync, and readers read meanwhile.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 2000; PRAGMA temp_store = MEMORY");
  if (versionOf(database) < format.migrations.length) migrate(database, path, format);
}

function migrate(database: DatabaseSync, path: string, format: FileFormat): void {
  const { migrations, applicationId } = format;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have been quicker.
    checkOwner(database, path, format);
    for (const migration of migrations.slice(versionOf(database))) database.exec(migration);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function checkOwner(database: DatabaseSync, path: string, { holds, applicationId, migrations }: FileFormat): void {
  const version = versionOf(database);
  const tables = numberFrom(database, "SELECT count(*) AS n FROM sqlite_schema", "n");
  const owner = numberFrom(database, "PRAGMA application_id", "application_id");
  if (owner !== applicationId && (tables > 0 || owner !== 0 || version !== 0)) {
    const what =
      owner >>> 8 === beaconry ? `another of Beaconry's files, no ${holds}` : "the SQLite file of another program";
    throw new StoreError("outbox_failed", `${path} is ${what}: give the ${holds} its own`);
  }
  if (version > migrations.length) {
    throw new StoreError(
      "outbox_failed",
      `${path} was written by a newer Beaconry (schema ${version}, this one knows ${migrations.length}): update this one`,
    );
  }
}

function versionOf(database: DatabaseSync): number {
  return numberFrom(database, "PRAGMA user_version", "user_version");
}

function numberFrom(database: DatabaseSync, sql: string, column: string): number {
  return Number((database.prepare(sql).get() as Record<string, SQLOutputValue>)[column]);
}
