import { DatabaseSync, type StatementSync } from "node:sqlite";
import { expect, it } from "vitest";
import { toKeyText, toRecord } from "../../src/outbox/record.js";
import type { AddGroup } from "../../src/sqlite/protocol.js";
import { prepareDatabase, prepareFile } from "../../src/sqlite/schema.js";
import { createStore } from "../../src/sqlite/store/store.js";
import { outboxFile } from "./outbox-file.js";
import { parcel } from "./parcel.js";

/** Rows that a transaction can change before the log has no room for the pages that they lie on. */
const mostRows = 100;

/** A disk on which the log of a transaction has room for so many rows, as SQLite says it. */
function withLittleRoom(database: DatabaseSync): DatabaseSync {
  let changed = 0;
  const prepare = database.prepare.bind(database);
  database.prepare = (sql: string): StatementSync => {
    const statement = prepare(sql);
    const watch = <Name extends "run" | "get">(name: Name, onCall: () => void) => {
      const call = statement[name].bind(statement) as (...given: unknown[]) => unknown;
      statement[name] = ((...given: unknown[]) => {
        onCall();
        return call(...given);
      }) as StatementSync[Name];
    };
    if (/^(BEGIN|ROLLBACK|COMMIT)/.test(sql)) {
      watch("run", () => {
        changed = 0;
      });
    }
    if (/^(UPDATE parcels|DELETE FROM parcels)/.test(sql)) {
      const count = () => {
        if (++changed > mostRows) throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
      };
      watch("run", count);
      watch("get", count);
    }
    return statement;
  };
  return database;
}

it("leases and settles fewer at once where the log has no room for all, so that a full disk empties", () => {
  const path = outboxFile();
  prepareFile(path);
  const database = withLittleRoom(new DatabaseSync(path));
  prepareDatabase(database, path);
  const limit = 1_000_000_000;
  const store = createStore(database, {
    path,
    maxParcels: limit,
    maxDeadLetters: limit,
    maxOnce: limit,
    maxBytes: limit,
    deduplicationWindow: 1_000,
    lease: 1_000,
  });
  const parcels = Array.from({ length: 300 }, (_, index) => parcel(String(index)));
  const group: AddGroup = {
    sizes: [parcels.length],
    destinations: parcels.map(({ destination }) => destination),
    keys: parcels.map(toKeyText),
    records: parcels.map(toRecord),
    once: new Map(),
    histories: new Map(),
  };
  expect(store.add(group, 1).faults.size).toBe(0);
  const first = store.take("d", 300, 1).parcels;
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThanOrEqual(mostRows);
  const ids = first.map(({ id }) => id);
  const keys = first.map(({ key }) => key);
  for (;;) {
    const { parcels: more } = store.take("d", 300, 1);
    if (more.length === 0) break;
    ids.push(...more.map(({ id }) => id));
    keys.push(...more.map(({ key }) => key));
  }
  expect(ids).toEqual(parcels.map(({ id }) => id));
  store.settle(
    keys.map((key) => ({ key, outcome: "delivered" })),
    2,
  );
  expect(store.waiting(undefined)).toBe(0);
  store.close();
});
