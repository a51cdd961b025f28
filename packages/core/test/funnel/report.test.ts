import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FunnelEvent, funnelReport, stageOrder } from "../../src/funnel/index.js";
import { at, day, euros, start } from "./events.js";

const window = { from: start, to: start + 30 * day };

/** A shop's month. Ann goes the whole way, Bob leaves his cart, Cid buys at once, Dee is an old customer, Eve only looks. */
const month: FunnelEvent[] = [
  at(-40, "dee", "Purchase", euros(80)),
  at(0, "ann", "PageView"),
  at(1, "ann", "AddToCart"),
  at(3, "ann", "Purchase", euros(50)),
  at(9, "ann", "Purchase", euros(30)),
  at(0, "bob", "ViewContent"),
  at(4, "bob", "AddToCart"),
  at(5, "cid", "Purchase", { value: 20, currency: "USD" }),
  at(6, "dee", "Purchase", euros(100)),
  at(7, "eve", "PageView"),
];

describe("the funnel report", () => {
  it("counts people, not events, in every stage", async () => {
    const { events, people, stages } = await funnelReport(month, { window });
    expect({ events, people }).toEqual({ events: 9, people: 5 });
    expect(stageOrder.map((stage) => [stage, stages[stage].people])).toEqual([
      ["awareness", 0],
      ["consideration", 3],
      ["purchaseIntent", 2],
      ["purchase", 3],
      ["loyalty", 2],
    ]);
  });

  it("assumes no line: people enter anywhere and skip stages", async () => {
    const { stages } = await funnelReport(month, { window });
    // Ann, Bob and Eve came to look, Cid and Dee to buy.
    expect(stages.consideration).toMatchObject({ entered: 3, continued: 2, skipped: 2 });
    expect(stages.consideration.dropOff).toBeCloseTo(1 / 3, 12);
    expect(stages.purchaseIntent).toMatchObject({ entered: 0, continued: 1, dropOff: 0.5, skipped: 2 });
    // Ann and Dee bought again, Cid did not.
    expect(stages.purchase).toMatchObject({ entered: 2, continued: 2, skipped: 0 });
    expect(stages.loyalty).not.toHaveProperty("dropOff");
  });

  it("tells how long people took from one stage to the next", async () => {
    const { transitions } = await funnelReport(month, { window });
    expect(transitions).toEqual([
      { from: "consideration", to: "purchaseIntent", people: 2, median: 2.5 * day, p90: 3.7 * day },
      { from: "purchaseIntent", to: "purchase", people: 1, median: 2 * day, p90: 2 * day },
      { from: "purchase", to: "loyalty", people: 2, median: 3 * day, p90: Math.round(5.4 * day) },
    ]);
  });

  it("keeps currencies apart, and tells new buyers from returning ones by what came before the window", async () => {
    const report = await funnelReport(month, { window });
    expect(report).toMatchObject({ orders: 4, revenue: { EUR: 180, USD: 20 }, orderValue: { EUR: 60, USD: 20 } });
    expect(report.buyers).toEqual({
      new: { people: 2, orders: 3, revenue: { EUR: 80, USD: 20 }, orderValue: { EUR: 40, USD: 20 } },
      returning: { people: 1, orders: 1, revenue: { EUR: 100 }, orderValue: { EUR: 100 } },
    });
  });

  it("sets revenue of the same currency against the spend", async () => {
    const { roas, stages } = await funnelReport(month, { window, spend: { amount: 45, currency: "EUR" } });
    expect(roas).toBe(4);
    expect(stages.purchase.metrics).toEqual({ purchases: 4, revenue: 180, roas: 4, costPerPurchase: 11.25 });
    expect(stages.loyalty.metrics).toMatchObject({ orderValue: 45, purchasesPerBuyer: 4 / 3 });
    const none = await funnelReport(month, { window, spend: { amount: 45, currency: "GBP" } });
    expect(none.roas).toBe(0);
    expect(await funnelReport(month, { window, spend: { amount: 0, currency: "EUR" } })).not.toHaveProperty("roas");
    expect(await funnelReport(month, { window })).not.toHaveProperty("roas");
  });

  it("takes what only vendors and partners know, and says nothing of what nobody told", async () => {
    const { stages } = await funnelReport(month, {
      window,
      figures: { impressions: 9_000, reach: 3_000, liftExposed: 0.31, liftControl: 0.25 },
    });
    expect(stages.awareness.people).toBe(3_000);
    expect(stages.awareness.metrics).toEqual({
      impressions: 9_000,
      reach: 3_000,
      frequency: 3,
      brandLift: expect.closeTo(0.06, 12),
    });
    expect(stages.consideration.metrics).toMatchObject({ siteVisits: 2, contentViews: 1, installs: 0 });
    expect(stages.purchaseIntent.metrics).toMatchObject({ addToCarts: 2, cartCompletion: 0.5 });
  });

  it("knows a person by any identifier, also when two turn out to be one later", async () => {
    const { people, stages } = await funnelReport(
      [
        at(0, "browser", "PageView"),
        at(1, "mail", "AddToCart"),
        { ...at(2, "", "Purchase", euros(5)), identifiers: ["mail", "browser"] },
        at(3, "browser", "Purchase", euros(5)),
      ],
      { window },
    );
    expect(people).toBe(1);
    expect(stageOrder.map((stage) => stages[stage].people)).toEqual([0, 1, 1, 1, 1]);
    expect(stages.consideration).toMatchObject({ entered: 1, continued: 1 });
  });

  it("counts copies once within 48 hours, and leaves out what is no event or comes after the window", async () => {
    const sold = { ...euros(10), id: "order-1" };
    const { orders, leftOut, anonymous, revenue } = await funnelReport(
      [
        at(1, "ann", "Purchase", sold),
        at(1.5, "ann", "Purchase", sold),
        at(1.5, "ann", "AddToCart", { id: "order-1" }),
        at(9, "ann", "Purchase", sold),
        { ...at(2, "", "Purchase", euros(7)), identifiers: [] },
        at(40, "ann", "Purchase", euros(1)),
        at(2, "ann", "Purchase", { value: Number.NaN, currency: "EUR" }),
        { name: "Purchase", time: start } as FunnelEvent,
        null as unknown as FunnelEvent,
      ],
      { window },
    );
    expect({ orders, leftOut, anonymous, revenue }).toEqual({
      orders: 3,
      leftOut: { duplicates: 1, invalid: 3, after: 1 },
      anonymous: 1,
      revenue: { EUR: 27 },
    });
  });

  it("adds decimal amounts without their dust", async () => {
    const cents = Array.from({ length: 1_000 }, (_, index) => at(1, `p${index}`, "Purchase", euros(0.1)));
    expect((await funnelReport(cents, { window })).revenue).toEqual({ EUR: 100 });
  });

  it("reads a stream", async () => {
    async function* stream() {
      yield* month;
    }
    expect(await funnelReport(stream(), { window })).toEqual(await funnelReport(month, { window }));
  });

  it("takes other events for orders when told to", async () => {
    const events = [at(1, "ann", "Donate", euros(5))];
    expect((await funnelReport(events, { window })).orders).toBe(0);
    expect(await funnelReport(events, { window, orders: ["Donate"] })).toMatchObject({
      orders: 1,
      revenue: { EUR: 5 },
    });
  });

  it.each([
    [{}, "window is missing"],
    [{ window: { from: 1 } }, "window.to is missing"],
    [{ window, spend: { amount: -1, currency: "EUR" } }, "spend.amount"],
    [{ window, spend: { amount: 1, currency: "euro" } }, "spend.currency"],
    [{ window, figures: { reach: "many" } }, "figures"],
    [{ window, orders: [1] }, "orders"],
    [{ window, days: 3 }, "days is unknown"],
  ])("names what is wrong with %j", async (options, message) => {
    await expect(funnelReport(month, options as never)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining(message),
    });
  });
});

describe("whatever happened", () => {
  const names = ["PageView", "ViewContent", "AddToCart", "Purchase", "Rate", "Custom"];
  const event = fc.record({
    name: fc.constantFrom(...names),
    time: fc.integer({ min: -20, max: 40 }).map((hours) => start + hours * 3_600_000),
    identifiers: fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 3 }),
    value: fc.integer({ min: 0, max: 500 }),
    currency: fc.constantFrom("EUR", "USD"),
  });
  const events = fc.array(event, { maxLength: 40 });

  it("the order in which events are read changes nothing", async () => {
    const shuffled = events.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([one, other]) => {
        expect(await funnelReport(other, { window })).toEqual(await funnelReport(one, { window }));
      }),
    );
  });

  it("the numbers fit together", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (list) => {
        const { people, stages, buyers, orders, anonymous } = await funnelReport(list, { window });
        const entered = stageOrder.reduce((sum, stage) => sum + stages[stage].entered, 0);
        expect(entered).toBeLessThanOrEqual(people);
        for (const stage of stageOrder) {
          expect(stages[stage].continued).toBeLessThanOrEqual(stages[stage].people);
          expect(stages[stage].people + stages[stage].skipped).toBeLessThanOrEqual(people);
        }
        expect(buyers.new.orders + buyers.returning.orders).toBeLessThanOrEqual(orders);
        expect(orders - buyers.new.orders - buyers.returning.orders).toBeLessThanOrEqual(anonymous);
      }),
    );
  });
});
