import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { prepareDatabase, prepareFile } from "../../src/sqlite/schema.js";
import { createSeenKeys, hashKey } from "../../src/sqlite/store/seen-keys.js";
import { outboxFile } from "./outbox-file.js";

it("knows what waits when a transaction fails in which it would have forgotten what came before", () => {
  const path = outboxFile();
  prepareFile(path);
  const database = new DatabaseSync(path);
  onTestFinished(() => database.close());
  prepareDatabase(database, path);
  const transact = (end: "COMMIT" | "ROLLBACK", work: () => void) => {
    database.exec("BEGIN");
    work();
    database.exec(end);
  };
  const window = 1_000;
  const [waits, gone] = [1, 2];
  const seen = createSeenKeys(database, window, (parcelId) => parcelId === waits);
  const key = hashKey("waits");
  const others = (count: number) =>
    Array.from({ length: count }, () => ({ key: randomBytes(16).toString("latin1"), parcelId: gone }));
  // A generation of the index ends with the key, so that the whole of it is forgotten with the next row.
  transact("COMMIT", () => {
    seen.add(others(2 ** 19 - 1), 0);
    seen.add([{ key, parcelId: waits }], 1);
    seen.add(others(1), 1);
  });
  seen.catchUp();
  // As other processes forget it.
  database.exec("DELETE FROM seen WHERE added_at = 0");
  transact("ROLLBACK", () => {
    seen.catchUp();
    seen.prune(2 * window);
  });
  seen.catchUp();
  expect(seen.has(key, 2 * window)).toBe(true);
  transact("COMMIT", () => seen.prune(2 * window));
  seen.catchUp();
  expect(seen.has(key, 2 * window)).toBe(true);
});
