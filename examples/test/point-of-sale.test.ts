import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { folderOf, run, settingsOf } from "./run-example.js";

let sandbox: Sandbox;
let settings: Record<string, string>;
beforeAll(async () => {
  sandbox = await createSandbox();
  settings = { ...settingsOf(sandbox), TIKTOK_OFFLINE_EVENT_SET_ID: "7000000000000000001", OUTBOX: "test.db" };
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const report = (file: string, code?: number) => run("point-of-sale", ["report-sales.ts", file], settings, code);

it("tells both vendors of the receipt whose customer agreed, and of no other", async () => {
  expect(await report("receipts.ndjson")).toContain(
    "{ told: 1, known: 0, notAllowed: 2, wrong: 0, pending: 0, dead: 0 }",
  );
  const common = { id: "berlin-1-R-1001", outcome: "counted", times: 1, warnings: [] } as const;
  await expect(sandbox).toHaveReceived("Purchase", {
    ...common,
    vendor: "tiktok",
    sourceId: "7000000000000000001",
    matchKeys: ["email", "phone"],
    properties: { value: 31.97, currency: "EUR", order_id: "berlin-1-R-1001" },
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    ...common,
    vendor: "meta",
    matchKeys: ["em", "ph"],
    properties: { value: 31.97, currency: "EUR", order_id: "berlin-1-R-1001", store_data: { store_code: "berlin-1" } },
    payload: { action_source: "physical_store" },
  });
  expect(sandbox.events()).toHaveLength(2);
});

it("tells nobody twice when it reads a file again", async () => {
  expect(await report("receipts.ndjson")).toContain(
    "{ told: 0, known: 1, notAllowed: 2, wrong: 0, pending: 0, dead: 0 }",
  );
  expect(sandbox.requests()).toEqual([]);
});

it("goes on after a line that is no receipt, and says which", async () => {
  const receipt = { receipt: "R-2", store: "b", time: "now", currency: "EUR", total: 1, items: [] };
  const customer = { email: "ada@example.com", allowsAdvertising: true };
  const lines = ["ada@example.com", "null", '{"receipt":"R-1"}', JSON.stringify({ ...receipt, customer })];
  writeFileSync(join(folderOf("point-of-sale"), "broken.ndjson"), lines.join("\n"));
  const output = await report("broken.ndjson", 1);
  expect(output).toContain("{ told: 1, known: 0, notAllowed: 0, wrong: 3, pending: 0, dead: 0 }");
  expect(output).toContain("line 1: SyntaxError\nline 2: SyntaxError\nline 3: SyntaxError\n");
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "tiktok", id: "b-R-2", times: 1 });
});

it("tells of two stores' receipts that have one number", async () => {
  const receipt = { receipt: "R-7", time: "now", currency: "EUR", total: 1, items: [] };
  const customer = { email: "ada@example.com", allowsAdvertising: true };
  const lines = ["a", "b"].map((store) => JSON.stringify({ ...receipt, store, customer }));
  writeFileSync(join(folderOf("point-of-sale"), "two-stores.ndjson"), lines.join("\n"));
  expect(await report("two-stores.ndjson")).toContain("told: 2, known: 0");
});
