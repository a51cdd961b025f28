import { expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/index.js";
import { consent, createShopTracker, webContext } from "../shop.js";
import { openOutbox } from "./outbox-file.js";

it("replays what a vendor refused, under the same id, and purges the rest", async () => {
  await using sandbox = await createSandbox();
  await using tracker = createShopTracker(sandbox, { outbox: openOutbox() });
  const body = { error: { message: "no", code: 100, fbtrace_id: "f" } };
  sandbox.faults.add({ kind: "answer", status: 400, body, endpoint: "meta.conversions", count: 1 });
  await tracker.track("Purchase", { currency: "EUR", value: 21.97 }, { id: "order-7", consent, context: webContext });
  await tracker.flush();
  expect(await tracker.deadLetters({ destination: "meta" })).toMatchObject([{ id: "order-7", reason: "refused" }]);
  expect(await tracker.replayDeadLetters({ reason: "expired" })).toBe(0);
  expect(await tracker.replayDeadLetters()).toBe(1);
  await tracker.flush();
  expect(sandbox.events().map(({ endpoint, id }) => `${endpoint} ${id}`)).toEqual([
    "tiktok.events order-7",
    "meta.conversions order-7",
  ]);
  expect(await tracker.purgeDeadLetters()).toBe(0);
});
