import type { DatabaseSync } from "node:sqlite";
import type { Counts } from "./counts.js";
import type { Disk } from "./disk.js";

/** Runs work as one transaction, which is on the disk when this returns; rolls it back when the work throws. */
export type Transact = <Result>(work: () => Result) => Result;

/** Writes the counts of each transaction in it. */
export function createTransact(database: DatabaseSync, counts: Counts, disk: Pick<Disk, "tendLog">): Transact {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");

  return (work) => {
    disk.tendLog();
    begin.run();
    try {
      const result = work();
      counts.write();
      commit.run();
      return result;
    } catch (error) {
      counts.forget();
      // SQLite may have rolled back by itself.
      if (database.isTransaction) rollback.run();
      throw error;
    }
  };
}
