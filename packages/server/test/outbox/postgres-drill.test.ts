import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { drillTransactions } from "../../drill/transactions.mjs";
import { createTracker, metaConversions, tiktokEvents } from "../../src/index.js";
import { postgresOutbox } from "../../src/postgres/index.js";
import { createSandbox } from "../../src/sandbox/index.js";
import { describePostgres } from "./postgres.js";
import { useProgram } from "./postgres-process.js";

describePostgres(
  "the drill with transactions, short",
  (postgres) => {
    const program = useProgram(fileURLToPath(new URL("../../drill/order-desk.mjs", import.meta.url)));

    it("leaves the events of committed orders, and no other", { timeout: 60_000 }, async () => {
      const parts = { createTracker, metaConversions, tiktokEvents, postgresOutbox, createSandbox };
      const options = { transactions: 40, kills: 3, url: postgres.url, program };
      const { problems, tried } = await drillTransactions(options, parts);
      expect(problems).toEqual([]);
      expect(tried).toBeGreaterThanOrEqual(40);
    });
  },
  { stopsServer: true },
);
