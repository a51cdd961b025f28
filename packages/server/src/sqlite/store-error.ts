import type { BeaconryErrorCode } from "@beaconry/core";

/** Why the store did not do what it was asked to. Goes from the worker to the outbox as it is. */
export interface StoreFault {
  readonly code: Extract<BeaconryErrorCode, "outbox_full" | "outbox_failed">;
  readonly message: string;
}

/** What a file holds. */
type Holds = "outbox" | "journal";

/** A {@link StoreFault} on its way. The worker loads nothing but what it needs, so it throws no `BeaconryError`. */
export class StoreError extends Error {
  readonly code: StoreFault["code"];

  constructor(code: StoreFault["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** SQLite's primary result codes that mean something to an outbox, https://sqlite.org/rescode.html */
const meanings: Readonly<Record<number, (path: string, holds: Holds) => StoreFault>> = {
  5: (path) => failed(`${path} was held by another process for too long`),
  8: (path) => failed(`${path} can not be written: it, its folder or its disk is read-only`),
  11: corrupt,
  14: (path) => failed(`${path} can not be opened: its folder is missing, or may not be written by this process`),
  26: corrupt,
};

/** No room for the index of the write-ahead log. */
const sharedMemorySize = 4_874;

/** Whether SQLite found no room on the disk. */
export function isDiskFull(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode === sharedMemorySize || (errcode & 0xff) === 13);
}

/** Says in words what went wrong. */
export function readFault(error: unknown, path: string, holds: Holds = "outbox"): StoreFault {
  if (error instanceof StoreError) return { code: error.code, message: error.message };
  const { errcode, message, code } = error as Error & { errcode?: number; code?: string };
  if (code === "ERR_UNKNOWN_BUILTIN_MODULE") {
    return failed(`${path} needs node:sqlite: accepted is Node 22.19 or later, this is ${process.version}`);
  }
  if (errcode === undefined) return failed(`${path}: ${message}`);
  if (isDiskFull(error)) return full(`the disk of ${path} is full: nothing of this was kept`);
  return meanings[errcode & 0xff]?.(path, holds) ?? failed(`${path}: ${message} (SQLite ${errcode})`);
}

function failed(message: string): StoreFault {
  return { code: "outbox_failed", message };
}

/** There is no room for it. */
export function full(message: string): StoreFault {
  return { code: "outbox_full", message };
}

const mends: Readonly<Record<Holds, string>> = {
  outbox: "read what is readable into a new one with salvageOutbox",
  journal: "put a copy in its place, or let a new one begin",
};

function corrupt(path: string, holds: Holds): StoreFault {
  return failed(
    `${path} is corrupt, or no SQLite file. It is left as it is: stop every process that uses it, move it aside with ` +
      `the files beside it (-wal, -shm), and ${mends[holds]}`,
  );
}
