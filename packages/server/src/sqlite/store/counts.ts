import type { DatabaseSync } from "node:sqlite";

/** What is counted: waiting parcels by destination, and dead letters, of which the destination is "". */
export type Counted = "waiting" | "dead";

/** Numbers of rows, kept beside them: counting a million takes too long. */
export interface Counts {
  of(what: Counted, destination: string): number;
  /** Of all destinations; with what was added in this transaction. */
  total(what: Counted): number;
  add(what: Counted, destination: string, difference: number): void;
  /** Before the transaction ends. */
  write(): void;
  /** After it failed. */
  forget(): void;
}

/** Reads from the database each time: another process may have written. */
export function createCounts(database: DatabaseSync): Counts {
  const one = database.prepare("SELECT number FROM counts WHERE what = ? AND destination = ?");
  const sum = database.prepare("SELECT total(number) AS number FROM counts WHERE what = ?");
  const change = database.prepare(
    "INSERT INTO counts (what, destination, number) VALUES (?, ?, ?) " +
      "ON CONFLICT DO UPDATE SET number = number + excluded.number",
  );
  /** By what, then destination. */
  const differences = { waiting: new Map<string, number>(), dead: new Map<string, number>() };

  return {
    of: (what, destination) => Number(one.get(what, destination)?.number ?? 0),
    total: (what) =>
      Number(sum.get(what)?.number) + [...differences[what].values()].reduce((all, number) => all + number, 0),
    add(what, destination, difference) {
      differences[what].set(destination, (differences[what].get(destination) ?? 0) + difference);
    },
    write() {
      for (const what of ["waiting", "dead"] as const) {
        for (const [destination, difference] of differences[what]) change.run(what, destination, difference);
        differences[what].clear();
      }
    },
    forget() {
      differences.waiting.clear();
      differences.dead.clear();
    },
  };
}
