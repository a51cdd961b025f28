import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { openOutbox, outboxFile } from "./outbox-file.js";
import { parcel } from "./parcel.js";

const count = 20_000;
const body = JSON.stringify({ text: "x".repeat(600) });

/** The short form of the drill "backlog". */
it("gives everything of a long backlog once and in order, and its file and log stop growing", {
  timeout: 60_000,
}, async () => {
  const path = outboxFile();
  const outbox = openOutbox({ path });
  const fill = async (run: string) => {
    const all = Array.from({ length: count }, (_, index) => parcel(`${run}${index}`, { body }));
    for (let at = 0; at < count; at += 1_000) {
      await Promise.all([0, 250, 500, 750].map((part) => outbox.add(all.slice(at + part, at + part + 250))));
    }
    return all.map(({ id }) => id);
  };
  const drain = async () => {
    const ids: string[] = [];
    for (;;) {
      const { parcels } = await outbox.take("d", 1_000);
      if (parcels.length === 0) return ids;
      ids.push(...parcels.map(({ id }) => id));
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
    }
  };

  const first = await fill("a");
  expect(await outbox.waiting()).toBe(count);
  expect(await drain()).toEqual(first);
  const size = statSync(path).size;
  for (const run of ["b", "c"]) {
    const ids = await fill(run);
    expect(await drain()).toEqual(ids);
  }
  expect(await outbox.waiting()).toBe(0);
  // What was deleted is used again; the log begins anew.
  expect(statSync(path).size).toBeLessThan(size * 1.5);
  expect(statSync(`${path}-wal`).size).toBeLessThan(64_000_000);
});
