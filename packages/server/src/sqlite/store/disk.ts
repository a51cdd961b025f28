import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { busyTimeout } from "../schema.js";
import { full, type StoreFault } from "../store-error.js";

/** The write-ahead log is emptied beyond this, bytes; usually it stays at 16 MB. */
const maxLog = 64_000_000;
/** What adding leaves free for deliveries to be written: of the disk's size, and at most, bytes. */
const reservedPart = 1 / 4;
const reservedBytes = 64_000_000;
/** Of that, what unpacking leaves free. */
const unpackingPart = 3 / 4;

/** The room that there is for the file and the log beside it. */
export interface Disk {
  /** Why these records can not be added for now. */
  findNoRoom(records: readonly string[]): StoreFault | undefined;
  /** Rows take more room than the segment they come from: whether there is enough. */
  mayUnpack(): boolean;
  /** Empties the log where it is long, or where its content might not find room in the file later. */
  tendLog(): void;
}

/** @param maxBytes how large the file may grow by adding */
export function createDisk(database: DatabaseSync, path: string, maxBytes: number): Disk {
  const pageCount = database.prepare("PRAGMA page_count");
  const freePages = database.prepare("PRAGMA freelist_count");
  const pageSize = Number(database.prepare("PRAGMA page_size").get()?.page_size);
  const folder = dirname(path);
  const log = `${path}-wal`;
  const { blocks, bsize } = statfsSync(folder);
  const reserved = Math.min(blocks * bsize * reservedPart, reservedBytes);

  function freeBytes(): number {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  }

  return {
    findNoRoom(records) {
      const pages = Number(pageCount.get()?.page_count) - Number(freePages.get()?.freelist_count);
      const bytes = pages * pageSize;
      if (bytes > maxBytes) return full(`${path} holds ${bytes} of at most ${maxBytes} bytes`);
      // Once in the log, and once more when the log goes into the file.
      const needed = 2 * records.reduce((sum, { length }) => sum + length, 0) + sizeOf(log) + reserved;
      return freeBytes() < needed
        ? full(`the disk of ${path} is nearly full: the rest is kept for deliveries`)
        : undefined;
    },
    mayUnpack: () => freeBytes() > reserved * unpackingPart,
    tendLog() {
      const length = sizeOf(log);
      // SQLite starts the log anew when nobody reads it at that moment; under steady use by several that may not come.
      if (length <= maxLog && (length === 0 || freeBytes() > 2 * length + 2 * reserved)) return;
      // Waits for nobody: who reads for long, such as a backup, would make every transaction wait, of other processes too.
      database.exec("PRAGMA busy_timeout = 0");
      try {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // Another process reads, or the disk is full: what comes next may succeed all the same, and says so if not.
      } finally {
        database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
      }
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
