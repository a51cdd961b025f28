import { describe, expect, it } from "vitest";
import {
  type AudienceCondition,
  type AudienceRule,
  checkAudienceRule,
  eventsNeeded,
  type FunnelEvent,
  loyaltyOf,
  membersOf,
} from "../../src/funnel/index.js";
import { at, day, euros, start } from "./events.js";

const now = start + 100 * day;

async function members(rule: AudienceRule, events: readonly FunnelEvent[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { identifiers } of membersOf(rule, events, { now })) found.push(identifiers.join("+"));
  return found;
}

describe("audience rules", () => {
  const abandoned: AudienceRule = {
    include: [{ event: "AddToCart", withinDays: 14 }],
    exclude: [{ event: "Purchase", withinDays: 14 }],
  };

  it("AddToCart in 14 days and no Purchase", async () => {
    const events = [
      at(90, "left", "AddToCart"),
      at(91, "bought", "AddToCart"),
      at(92, "bought", "Purchase"),
      at(85, "long ago", "AddToCart"),
      at(86, "edge", "AddToCart"),
      at(60, "bought before", "Purchase"),
      at(95, "bought before", "AddToCart"),
      at(101, "later", "AddToCart"),
    ];
    expect(await members(abandoned, events)).toEqual(["left", "edge", "bought before"]);
  });

  it("a purchase under another identifier of the same person counts, whenever that comes out", async () => {
    const events = [
      at(90, "browser", "AddToCart"),
      at(91, "mail", "Purchase"),
      { ...at(92, "", "Login"), identifiers: ["browser", "mail"] },
    ];
    expect(await members(abandoned, events)).toEqual([]);
    expect(await members({ include: [{ event: "Login", withinDays: 14 }] }, events)).toEqual(["browser+mail"]);
  });

  it.each<[string, AudienceCondition, string[]]>([
    ["any of several names", { event: ["Search", "Rate"], withinDays: 50 }, ["b", "c"]],
    ["at least so often", { event: "ViewContent", withinDays: 50, atLeast: 2 }, ["a"]],
    ["at most so often", { event: "ViewContent", withinDays: 50, atMost: 1 }, ["b"]],
    ["never", { event: "ViewContent", withinDays: 50, atLeast: 0, atMost: 0 }, ["c", "d"]],
    ["worth so much", { event: "Purchase", withinDays: 50, worth: { amount: 100, currency: "EUR" } }, ["c"]],
    [
      "worth so much in another currency",
      { event: "Purchase", withinDays: 50, worth: { amount: 100, currency: "USD" } },
      ["d"],
    ],
    ["a stage", { stage: "purchase", withinDays: 50 }, ["c", "d"]],
    ["loyalty by ordering again", { stage: "loyalty", withinDays: 50 }, ["b", "c"]],
    [
      "either",
      {
        any: [
          { event: "Search", withinDays: 50 },
          { stage: "purchase", withinDays: 50 },
        ],
      },
      ["b", "c", "d"],
    ],
    ["neither", { any: [] }, []],
  ])("%s", async (_, condition, expected) => {
    const events = [
      at(60, "a", "ViewContent"),
      at(61, "a", "ViewContent"),
      at(10, "a", "Search"),
      at(62, "b", "ViewContent"),
      at(63, "b", "Search"),
      at(64, "b", "Rate"),
      at(65, "c", "Purchase", euros(60)),
      at(66, "c", "Purchase", euros(40)),
      at(67, "c", "Rate"),
      at(68, "d", "Purchase", { value: 100, currency: "USD" }),
    ];
    expect(await members({ include: [condition] }, events)).toEqual(expected);
  });

  it("say which events they need", () => {
    expect(eventsNeeded(abandoned)).toEqual({ days: 14, names: ["AddToCart", "Purchase"] });
    const either: AudienceRule = {
      include: [
        {
          any: [
            { event: ["A", "B"], withinDays: 3 },
            { event: "A", withinDays: 40 },
          ],
        },
      ],
    };
    expect(eventsNeeded(either)).toEqual({ days: 40, names: ["A", "B"] });
    const bought = eventsNeeded({ include: [{ stage: "purchase", withinDays: 40 }] });
    expect(bought).toEqual({ days: 40, names: expect.arrayContaining(["Purchase", "Subscribe", "Donate"]) });
    expect(bought.names).not.toContain("AddToCart");
    expect(eventsNeeded({ include: [{ stage: "loyalty", withinDays: 40 }] })).toEqual({
      names: expect.arrayContaining(["Purchase", "Rate"]),
    });
    expect(eventsNeeded({ include: [{ event: "A", withinDays: 3 }], exclude: [{ loyalty: "loyal" }] })).toEqual({});
    expect(eventsNeeded({ include: [{ any: [] }] })).toEqual({ days: 0, names: [] });
  });

  it.each([
    [{}, "include is missing"],
    [{ include: [] }, "include is empty"],
    [{ include: [{}] }, "include[0] has none of event, stage, loyalty, any"],
    [{ include: [null] }, "include[0] has none of"],
    [{ include: [{ event: "A" }] }, "include[0].withinDays is missing"],
    [{ include: [{ event: "A", withinDays: "14" }] }, "include[0].withinDays"],
    [{ include: [{ event: [], withinDays: 1 }] }, "include[0].event"],
    [{ include: [{ event: "A", withinDays: 1, often: 2 }] }, "include[0].often is unknown"],
    [{ include: [{ stage: "awareness", withinDays: 1 }] }, "include[0].stage"],
    [{ include: [{ event: "A", withinDays: 1 }], exclude: [{ loyalty: "gone" }] }, "exclude[0].loyalty"],
    [{ include: [{ any: [{ event: "A" }] }] }, "include[0].any[0].withinDays is missing"],
    [{ include: [{ event: "A", withinDays: 1, worth: { amount: 1 } }] }, "include[0].worth.currency is missing"],
  ])("name what is wrong with %j", (rule, message) => {
    expect(() => checkAudienceRule(rule as never)).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(message) }),
    );
  });
});

describe("loyalty", () => {
  const customer = {
    events: 20,
    orders: 3,
    firstOrder: now - 200 * day,
    lastOrder: now - 10 * day,
    lastEvent: now - day,
    orderValue: { EUR: 50 },
  };
  const average = { events: 20, orderValue: { EUR: 50 } };

  it.each([
    ["loyal", {}],
    ["active", { orders: 1 }],
    ["active", { events: 19 }],
    ["active", { orderValue: { EUR: 49 } }],
    ["atRisk", { lastOrder: now - 91 * day }],
    ["lapsed", { firstOrder: now - 200 * day, lastOrder: now - 200 * day, lastEvent: now - 200 * day }],
    ["lapsed", { firstOrder: now - 200 * day, lastOrder: now - 200 * day, lastEvent: now - 199 * day }],
    ["atRisk", { firstOrder: now - 200 * day, lastOrder: now - 200 * day, lastEvent: now - 198 * day }],
    ["active", { orders: 1, firstOrder: now - 3 * day, lastOrder: now - 3 * day, lastEvent: now - 3 * day }],
  ])("%s: %j", (expected, more) => {
    expect(loyaltyOf({ ...customer, ...more }, average, now)).toBe(expected);
  });

  it("goes by thresholds of one's own", () => {
    expect(loyaltyOf(customer, average, now, { loyalOrders: 4 })).toBe("active");
    expect(loyaltyOf(customer, average, now, { atRiskAfter: 7 })).toBe("atRisk");
    const gone = { ...customer, firstOrder: now - 40 * day, lastEvent: now - 40 * day, lastOrder: now - 40 * day };
    expect(loyaltyOf(gone, average, now, { lapsedAfter: 30 })).toBe("lapsed");
  });

  it("makes audiences, measured against the average customer of the same events", async () => {
    const visits = (who: string, from: number, count: number) =>
      Array.from({ length: count }, (_, index) => at(from + index, who, "PageView"));
    const events = [
      ...visits("loyal", 20, 10),
      at(40, "loyal", "Purchase", euros(90)),
      at(95, "loyal", "Purchase", euros(90)),
      at(94, "small", "Purchase", euros(10)),
      at(96, "small", "Purchase", euros(10)),
      at(2, "gone", "Purchase", euros(50)),
      at(1, "waiting", "Purchase", euros(50)),
      at(50, "waiting", "PageView"),
      at(50, "visitor", "PageView"),
    ];
    const of = (loyalty: "loyal" | "active" | "atRisk" | "lapsed") => members({ include: [{ loyalty }] }, events);
    expect(await of("loyal")).toEqual(["loyal"]);
    expect(await of("active")).toEqual(["small"]);
    expect(await of("lapsed")).toEqual(["gone"]);
    expect(await of("atRisk")).toEqual(["waiting"]);
    expect(await members({ include: [{ loyalty: ["atRisk", "lapsed"] }] }, events)).toEqual(["gone", "waiting"]);
  });
});
