import { propertyKinds } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProperties as read } from "../../src/catalog/read-properties.js";
import { cpuTime } from "../cpu-time.js";

const readProperties = (properties: unknown, name = "AddToCart") =>
  read({ name: name as "AddToCart", properties: properties as object });
const codesOf = (properties: unknown) =>
  readProperties(properties).issues.map(({ code, path }) => `${code} ${path.replace("properties.", "")}`);

/** The vendors' property tables, typed out: TikTok's for web and app, its travel and automotive ones, Meta's. */
const wireNames = `value currency contents content_ids content_type content_name content_category num_items order_id
  item_number search_string description status predicted_ltv net_revenue customer_type delivery_category shop_id
  lead_event_source product_catalog_id user_bucket level max_rating_value payment_info_available registration_method
  success ad_type query content_id quantity price event_channel
  city region country checkin_date checkout_date num_adults num_children num_infants suggested_hotels
  departing_departure_date returning_departure_date departing_arrival_date returning_arrival_date origin_airport
  destination_airport destination_ids travel_class user_score preferred_num_stops travel_start travel_end
  suggested_destinations hotel_score dma_code neighborhood preferred_star_ratings suggested_location_based_items
  postal_code make model year state_of_vehicle mileage exterior_color interior_color transmission body_style fuel_type
  drivetrain preferred_price_range trim vin condition_of_vehicle viewcontent_type search_type registration_type
  suggested_vehicles
  availability listing_type property_type lease_start_date lease_end_date preferred_baths_range preferred_beds_range
  preferred_neighborhoods suggested_home_listings`.split(/\s+/);

describe("the standard properties", () => {
  it("has every property of the vendors' tables, and no other", () => {
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(Object.keys(propertyKinds).map(snake).sort()).toEqual([...wireNames].sort());
  });

  it.each([
    ["number", 0],
    ["whole", 0],
    ["signed", -1.5],
    ["text", "a text"],
    ["date", "2026-12-24"],
    ["currency", "EUR"],
    ["boolean", false],
    ["whole", 2],
    ["scalar", "active"],
    ["ids", ["1", "b"]],
    ["range", [1, 2.5]],
    ["mileage", { value: 10, unit: "KM" }],
    ["contents", [{ id: "1" }]],
    ["product product_group hotel destination flight vehicle home_listing", "home_listing"],
    ["new returning", "new"],
    ["in_store curbside home_delivery", "curbside"],
  ])("takes a %s wherever one is asked for, and reports what is none", (kind, value) => {
    const names = Object.entries(propertyKinds).flatMap(([name, its]) => (its === kind ? [name] : []));
    expect(names).not.toEqual([]);
    for (const name of names) {
      expect(readProperties({ [name]: value })).toMatchObject({ standard: { [name]: value }, custom: {}, issues: [] });
      for (const bad of [Number.NaN, " ", () => 1, [Symbol()], { a: 1 }]) {
        const { standard, issues } = readProperties({ [name]: bad });
        expect(standard).toEqual({});
        expect(issues.length).toBeGreaterThan(0);
        expect(issues[0]).toMatchObject({ severity: "warning", code: "wrong_type" });
      }
    }
  });
});

describe("readProperties", () => {
  it("fills content ids and the number of items in from contents", () => {
    const contents = [
      { id: 1234, quantity: 2, price: 9.99 },
      { id: "5678", quantity: 1, price: 1.99 },
    ];
    expect(readProperties({ contents }).standard).toEqual({
      contents: [
        { id: "1234", quantity: 2, price: 9.99 },
        { id: "5678", quantity: 1, price: 1.99 },
      ],
      contentIds: ["1234", "5678"],
      numItems: 3,
    });
    expect(readProperties({ contents: [{ id: 1 }, { id: 2, quantity: 1 }] }).standard).not.toHaveProperty("numItems");
  });

  // `num_items` is an integer to both vendors, and so is Meta's `max_rating_value`: one that is not sinks the request.
  it("leaves out counts that are no whole numbers, and fills the items in again", () => {
    const contents = [{ id: 1, quantity: 2 }];
    const given = { numItems: 2.5, maxRatingValue: "4.5", contents };
    expect(readProperties(given).standard).toEqual({
      contents: [{ id: "1", quantity: 2 }],
      contentIds: ["1"],
      numItems: 2,
    });
    expect(codesOf(given)).toEqual(["wrong_type numItems", "wrong_type maxRatingValue"]);
    expect(readProperties({ numItems: "3" }).standard).toEqual({ numItems: 3 });
    expect(readProperties({ numItems: 1e300 }).standard).toEqual({});
  });

  it("keeps every documented member of a content", () => {
    const content = {
      id: "1",
      quantity: 1,
      price: 0,
      name: "Socks",
      category: "Clothes",
      brand: "Knit",
      description: "Warm",
      deliveryCategory: "home_delivery",
    };
    expect(readProperties({ contents: [{ ...content, colour: "red" }] })).toMatchObject({
      standard: { contents: [content] },
      issues: [],
    });
    expect(codesOf({ contents: [{ id: "1", deliveryCategory: "drone", brand: 1, price: "x" }] })).toEqual([
      "wrong_type contents.0.deliveryCategory",
      "wrong_type contents.0.price",
    ]);
  });

  it("keeps a value of 0, upper-cases the currency, and reads a number out of a text with a warning", () => {
    const { standard, issues } = readProperties({ value: 0, currency: " eur ", predictedLtv: "12.5" });
    expect(standard).toEqual({ value: 0, currency: "EUR", predictedLtv: 12.5 });
    expect(issues).toMatchObject([{ severity: "warning", code: "wrong_type", path: "properties.predictedLtv" }]);
  });

  it.each([1.5, "1.5", Number.NaN, 2n, {}])(
    "takes no %s for a number of articles, which vendors count whole",
    (numItems) => {
      const contents = [{ id: "1", quantity: 3 }];
      expect(readProperties({ numItems, contents }).standard).toMatchObject({ numItems: 3 });
      expect(codesOf({ numItems })).toEqual(["wrong_type numItems"]);
      expect(readProperties({ numItems: " 2 " }).standard).toEqual({ numItems: 2 });
    },
  );

  it("warns of negative numbers, which are sent as they are; a margin may be negative", () => {
    const contents = [{ id: "1", price: -2 }];
    expect(readProperties({ value: -1, netRevenue: -1, contents }).standard).toMatchObject({
      value: -1,
      netRevenue: -1,
      contents,
    });
    expect(codesOf({ value: -1, netRevenue: -1, contents })).toEqual([
      "wrong_value value",
      "wrong_value contents.0.price",
    ]);
  });

  it.each(["20261224", "2026-12-24", "2026-12-24T15:30+01:00", "2026-12-24T15:30:00Z", "2026-12-24T15:30:00.000Z"])(
    "takes the date %s as it is",
    (checkinDate) => {
      expect(readProperties({ checkinDate })).toMatchObject({ standard: { checkinDate }, issues: [] });
    },
  );

  it.each(["24.12.2026", "12/24/2026", "2026-1224", "2026-13-01", "2026-12-32", "2026-12-24 15:30", "tomorrow", ""])(
    "does not take %j for a date",
    (checkinDate) => {
      expect(readProperties({ checkinDate }).standard).toEqual({});
      expect(codesOf({ checkinDate })).toEqual(["wrong_type checkinDate"]);
    },
  );

  it("leaves out what can not be used, says so without repeating it, and keeps the rest", () => {
    const { standard, issues } = readProperties({
      value: "12,50 €",
      currency: "Euro",
      contentType: "thing",
      contents: [{ id: "a" }, { quantity: 1 }, "b", { id: {} }],
      orderId: "o-1",
    });
    expect(standard).toEqual({ contents: [{ id: "a" }], contentIds: ["a"], orderId: "o-1" });
    expect(issues.map(({ path }) => path)).toEqual([
      "properties.value",
      "properties.currency",
      "properties.contentType",
      "properties.contents.1",
      "properties.contents.2",
      "properties.contents.3.id",
    ]);
    expect(issues[2]?.message).toBe(
      "properties.contentType is a text that does not fit, accepted is one of product, product_group, hotel, destination, flight, vehicle, home_listing; left out",
    );
    expect(JSON.stringify(issues)).not.toMatch(/12,50|Euro"|thing/);
  });

  it("takes nothing for nothing, without an issue", () => {
    expect(readProperties({ value: undefined, orderId: null, contents: [], contentIds: [] })).toEqual({
      standard: {},
      custom: {},
      issues: [],
    });
    expect(readProperties(undefined).standard).toEqual({});
  });

  it("passes unknown properties through and names them", () => {
    const given = JSON.parse('{ "colour": "red", "valeu": 3, "__proto__": { "a": 1 } }');
    const { custom, issues } = readProperties(given);
    expect(Object.entries(custom)).toEqual(Object.entries(given));
    expect(Object.getPrototypeOf(custom)).toBe(Object.prototype);
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ["unknown_property", "properties.colour"],
      ["unknown_property", "properties.valeu"],
      ["unknown_property", "properties.__proto__"],
    ]);
  });

  it.each(["Purchase", "QuizFinished"])("reads names in the vendors' spelling as ours on %s, and says so", (event) => {
    const given = { content_ids: [1234], order_id: 7, num_items: "2", predicted_ltv: {}, delivery_category: "drone" };
    const { standard, custom, issues } = readProperties(given, event);
    expect([standard, custom]).toEqual([{ contentIds: ["1234"], orderId: "7", numItems: 2 }, {}]);
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "unknown_property properties.content_ids",
      "unknown_property properties.order_id",
      "unknown_property properties.num_items",
      "wrong_type properties.num_items",
      "unknown_property properties.predicted_ltv",
      "wrong_type properties.predicted_ltv",
      "unknown_property properties.delivery_category",
      "wrong_type properties.delivery_category",
    ]);
  });

  it.each([
    { orderId: "1", order_id: "2" },
    { order_id: "2", orderId: "1" },
  ])("prefers our name in %j", (given) => {
    const { standard, custom, issues } = readProperties(given);
    expect([standard, custom]).toEqual([{ orderId: "1" }, {}]);
    expect(issues).toMatchObject([{ code: "unknown_property", path: "properties.order_id" }]);
  });

  it("leaves out what JSON has no form for, at any depth", () => {
    const itself: Record<string, unknown> = {};
    itself.self = itself;
    const hostile = {
      toJSON() {
        throw new Error("ada@example.com");
      },
    };
    for (const value of [1n, { a: [1n] }, itself, hostile, Number.NaN, -Infinity, () => 1, Symbol("s")]) {
      const { custom, issues } = readProperties({ score: 3, own: value }, "QuizFinished");
      expect(custom).toEqual({ score: 3 });
      expect(issues).toMatchObject([{ severity: "warning", code: "wrong_type", path: "properties.own" }]);
      expect(issues[0]?.message).not.toContain("ada");
    }
  });

  it("says nothing of the properties of an event of your own", () => {
    expect(readProperties({ score: 3 }, "QuizFinished")).toEqual({ standard: {}, custom: { score: 3 }, issues: [] });
  });
});

describe("whatever comes", () => {
  const names = Object.keys(propertyKinds);
  const anyValue = fc.oneof(
    fc.anything(),
    fc.array(fc.record({ id: fc.anything(), quantity: fc.anything(), price: fc.anything() }, { requiredKeys: [] })),
    fc.constantFrom("1", " 2.5 ", "eur", "product", "20261224", -1, 0, [1, 2], ["1", 2], { value: 1, unit: "MI" }),
  );
  const anyProperties = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), anyValue);

  it("throws for no input", () => {
    fc.assert(fc.property(fc.anything(), (properties) => void readProperties(properties)));
    fc.assert(fc.property(anyProperties, (properties) => void readProperties(properties)));
  });

  it("gives the same when it reads what it gave, without an issue but for negative numbers", () => {
    fc.assert(
      fc.property(anyProperties, (properties) => {
        const once = readProperties(properties).standard;
        const twice = readProperties(once);
        expect(twice.standard).toEqual(once);
        expect(twice.issues.filter(({ code }) => code !== "wrong_value")).toEqual([]);
      }),
    );
  });

  it("reads long hostile texts in linear time", () => {
    const long = "1".repeat(100_000);
    const time = cpuTime(() => {
      for (const text of [long, `${long}x`, " ".repeat(100_000), `2026-12-24T10:00${":".repeat(100_000)}x`]) {
        readProperties({ value: text, currency: text, checkinDate: text, contentIds: [text] });
      }
    });
    expect(time).toBeLessThan(500);
  });
});
