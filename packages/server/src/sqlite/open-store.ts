import { DatabaseSync } from "node:sqlite";
import type { StoreSettings, StoreWork } from "./protocol.js";
import { prepareDatabase, prepareFile } from "./schema.js";
import { createStore } from "./store.js";

/** Opens the file, or makes it. Throws when it can not be used, and leaves it as it is then. */
export function openStore(settings: StoreSettings): StoreWork {
  prepareFile(settings.path);
  const database = new DatabaseSync(settings.path);
  try {
    prepareDatabase(database, settings.path);
    return createStore(database, settings);
  } catch (error) {
    database.close();
    throw error;
  }
}
