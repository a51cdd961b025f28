import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  type FunnelMetric,
  funnelMetrics,
  funnelStages,
  type MetricName,
  type StageFacts,
  stageOrder,
} from "../../src/funnel/index.js";
import { code, fill, table } from "../document.js";

const path = fileURLToPath(new URL("../../../../docs/funnel.md", import.meta.url));

function stagesTable(): string {
  return table(
    ["stage", "who", "metrics", "next step", "objectives", "share of the budget"],
    stageOrder.map((stage) => {
      const { audience, metrics, nextStep, objectives, budgetShare }: StageFacts = funnelStages[stage];
      const share = budgetShare?.map((part) => `${part * 100} %`).join(" to ") ?? "–";
      return [code(stage), audience, metrics.map(code).join(", "), nextStep, objectives.join(", "), share];
    }),
  );
}

function metricsTable(): string {
  return table(
    ["metric", "what it says", "from", "how it is computed"],
    (Object.entries(funnelMetrics) as [MetricName, FunnelMetric][]).map(([name, { meaning, from, of }]) => {
      const formula = of.map((part) => ({ "/": "÷", "-": "−" })[part as string] ?? code(part as string)).join(" ");
      return [code(name), meaning, from, formula];
    }),
  );
}

// `vitest -u` writes the tables anew.
it("has in docs/funnel.md what the tables have", async () => {
  const document = readFileSync(path, "utf8");
  await expect(fill(fill(document, "stages", stagesTable()), "metrics", metricsTable())).toMatchFileSnapshot(path);
});
