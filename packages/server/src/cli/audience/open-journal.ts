import { stat } from "node:fs/promises";
import type { Journal } from "../../journal/journal.js";
import { usageError } from "../exit-codes.js";

/** Opens a journal that is there. Throws a usage error when it is not. */
export async function openJournal(path: string): Promise<Journal & AsyncDisposable> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) throw usageError(`--journal: there is no file ${path}`);
  const { sqliteJournal } = await import("../../sqlite/index.js");
  const journal = sqliteJournal({ path });
  return { ...journal, [Symbol.asyncDispose]: () => journal.close() };
}
