import { describe, expect, it } from "vitest";
import {
  awarenessBudget,
  computeMetric,
  funnelMetrics,
  funnelStages,
  isAware,
  type MetricName,
  stageOf,
  stageOrder,
} from "../../src/funnel/index.js";
import { standardEvents } from "../../src/index.js";
import { day, start } from "./events.js";

// TikTok for Business, "About the marketing funnel".
describe("the stages", () => {
  it("are five, in the document's order", () => {
    expect(stageOrder).toEqual(["awareness", "consideration", "purchaseIntent", "purchase", "loyalty"]);
  });

  it("each say whom they mean, what to measure and what to do next", () => {
    for (const stage of stageOrder) {
      const { audience, metrics, nextStep, objectives } = funnelStages[stage];
      expect([audience, nextStep].every((text) => text.endsWith("."))).toBe(true);
      expect(metrics.length).toBeGreaterThan(1);
      expect(objectives.length).toBeGreaterThan(0);
    }
  });

  it("measure by metrics that all stand in the table, and use each of them", () => {
    const used = new Set(stageOrder.flatMap((stage): readonly string[] => funnelStages[stage].metrics));
    expect([...used].sort()).toEqual(Object.keys(funnelMetrics).sort());
  });

  it("are read from an event's name, and loyalty from a second purchase", () => {
    expect(stageOf({ name: "PageView" })).toBe("consideration");
    expect(stageOf({ name: "AddToCart" })).toBe("purchaseIntent");
    expect(stageOf({ name: "Purchase" })).toBe("purchase");
    expect(stageOf({ name: "Purchase" }, true)).toBe("loyalty");
    expect(stageOf({ name: "AddToCart" }, true)).toBe("purchaseIntent");
    for (const name of ["AdClick", "SomethingElse", "constructor", "toString", ""])
      expect(stageOf({ name })).toBeUndefined();
  });

  it("never take an event for awareness", () => {
    for (const name of Object.keys(standardEvents)) expect(stageOf({ name })).not.toBe("awareness");
  });
});

describe("awareness", () => {
  const now = start + 28 * day;
  const inWeeks = (...counts: number[]) =>
    counts.flatMap((count, week) =>
      Array.from({ length: count }, (_, index) => start + (week * 7 + index + 0.5) * day),
    );

  it.each([
    ["twice a week for four weeks", inWeeks(2, 2, 2, 2), true],
    ["three times a week", inWeeks(3, 3, 3, 3), true],
    ["more often", inWeeks(7, 7, 7, 7), true],
    ["one week only once", inWeeks(2, 1, 3, 2), false],
    ["often, but in one week", inWeeks(0, 0, 0, 7), false],
    ["never", [], false],
    ["before the four weeks", inWeeks(2, 2, 2, 2).map((time) => time - 7 * day), false],
    ["after now", inWeeks(2, 2, 2, 2).map((time) => time + 28 * day), false],
  ])("%s", (_, views, expected) => {
    expect(isAware(views, now)).toBe(expected);
  });

  it("is worth a tenth to a fifth of the budget", () => {
    expect(awarenessBudget(5_000)).toEqual({ least: 500, most: 1_000 });
  });
});

describe("metrics", () => {
  it.each<[MetricName, object, number | undefined]>([
    ["impressions", { impressions: 10 }, 10],
    ["impressions", { impressions: 0 }, 0],
    ["impressions", {}, undefined],
    ["viewability", { viewableImpressions: 6, measurableImpressions: 8 }, 0.75],
    ["frequency", { impressions: 30, reach: 10 }, 3],
    ["frequency", { impressions: 30 }, undefined],
    ["frequency", { impressions: 0, reach: 0 }, undefined],
    ["brandLift", { liftExposed: 0.5, liftControl: 0.75 }, -0.25],
    ["roas", { revenue: 300, spend: 100 }, 3],
    ["roas", { revenue: 0, spend: 100 }, 0],
    ["salesEfficiency", { incrementalRevenue: 150, spend: 100 }, 1.5],
    ["costPerPurchase", { spend: 100, purchases: 4 }, 25],
    ["orderValue", { revenue: 100, purchases: 4 }, 25],
    ["repeatPurchaseRate", { repeatBuyers: 1, buyers: 4 }, 0.25],
  ])("%s of %j is %d", (name, figures, expected) => {
    expect(computeMetric(name, figures)).toBe(expected);
  });
});
