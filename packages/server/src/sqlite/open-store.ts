import { DatabaseSync } from "node:sqlite";
import { journalMigrations } from "./journal/journal-schema.js";
import { createJournalStore } from "./journal/journal-store.js";
import type { Stores } from "./protocol.js";
import { type FileFormat, outboxFormat, prepareDatabase, prepareFile } from "./schema.js";
import { createStore } from "./store/store.js";

/** "Bcnj". */
const journalFormat: FileFormat = { holds: "journal", applicationId: 0x42636e6a, migrations: journalMigrations };

/** What opens a store's file, or makes it. Throws when it can not be used, and leaves it as it is then. */
export const openers: {
  readonly [Kind in keyof Stores]: (settings: Stores[Kind]["settings"]) => Stores[Kind]["work"];
} = {
  outbox: (settings) => open(settings, outboxFormat, createStore),
  journal: (settings) => open(settings, journalFormat, createJournalStore),
};

function open<Settings extends { readonly path: string }, Store>(
  settings: Settings,
  format: FileFormat,
  create: (database: DatabaseSync, settings: Settings) => Store,
): Store {
  const path = prepareFile(settings.path);
  const database = new DatabaseSync(path);
  try {
    prepareDatabase(database, path, format);
    return create(database, { ...settings, path });
  } catch (error) {
    database.close();
    throw error;
  }
}
