import type { DatabaseSync } from "node:sqlite";
import type { OnceKeyPage } from "../../outbox/movable-outbox.js";

/** The keys of what is kept once for ever. Writing runs inside a transaction. */
export interface OnceRegister {
  has(key: string): boolean;
  /** Puts keys in; beyond the most, the oldest fall away. */
  add(keys: Iterable<string>): void;
  page(after: number, limit: number): OnceKeyPage;
}

/** @param most keys */
export function createOnceRegister(database: DatabaseSync, most: number): OnceRegister {
  const exists = database.prepare("SELECT 1 AS yes FROM once WHERE key = ?");
  const insert = database.prepare("INSERT OR IGNORE INTO once (key) VALUES (?)");
  const trim = database.prepare("DELETE FROM once WHERE id <= (SELECT max(id) FROM once) - ?");
  const select = database.prepare("SELECT id, key FROM once WHERE id > ? ORDER BY id LIMIT ?");

  return {
    has: (key) => exists.get(Buffer.from(key, "hex")) !== undefined,
    add(keys) {
      let count = 0;
      for (const key of keys) count += Number(insert.run(Buffer.from(key, "hex")).changes);
      if (count > 0) trim.run(most);
    },
    page(after, limit) {
      const rows = select.all(after, limit);
      const keys = rows.map(({ key }) => Buffer.from(key as Uint8Array).toString("hex"));
      return { keys, ...(rows.length === limit && { next: String(rows.at(-1)?.id) }) };
    },
  };
}
