import { checkEvent } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProperties as read } from "../../src/catalog/read-properties.js";

const readProperties = (properties: unknown, name = "AddToCart") =>
  read({ name: name as "AddToCart", properties: properties as object });

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
  });

  it("keeps a value of 0, upper-cases the currency, and reads a number out of a text with a warning", () => {
    const { standard, issues } = readProperties({ value: 0, currency: "eur", predictedLtv: "12.5" });
    expect(standard).toEqual({ value: 0, currency: "EUR", predictedLtv: 12.5 });
    expect(issues).toMatchObject([{ severity: "warning", code: "wrong_type", path: "properties.predictedLtv" }]);
  });

  it("leaves out what can not be used, says so without repeating it, and keeps the rest", () => {
    const { standard, issues } = readProperties({
      value: "12,50 €",
      currency: "Euro",
      contentType: "thing",
      contents: [{ id: "a" }, { quantity: 1 }, "b"],
      orderId: "o-1",
    });
    expect(standard).toEqual({ contents: [{ id: "a" }], contentIds: ["a"], orderId: "o-1" });
    expect(issues.map(({ path }) => path)).toEqual([
      "properties.value",
      "properties.currency",
      "properties.contentType",
      "properties.contents.1.id",
      "properties.contents.2",
    ]);
    expect(JSON.stringify(issues)).not.toMatch(/12,50|Euro"|thing/);
  });

  it("passes unknown properties through and names them", () => {
    const { custom, issues } = readProperties({ colour: "red", valeu: 3 });
    expect(custom).toEqual({ colour: "red", valeu: 3 });
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ["unknown_property", "properties.colour"],
      ["unknown_property", "properties.valeu"],
    ]);
  });

  it("says nothing of the properties of an event of your own", () => {
    expect(readProperties({ score: 3 }, "QuizFinished")).toEqual({ standard: {}, custom: { score: 3 }, issues: [] });
  });

  it("throws for no input", () => {
    fc.assert(
      fc.property(fc.anything(), (properties) => {
        readProperties(properties);
        readProperties({ value: properties, contents: properties, contentIds: properties, currency: properties });
      }),
    );
  });
});

describe("checkEvent", () => {
  it("reports what a purchase lacks", () => {
    expect(checkEvent({ name: "Purchase", properties: { value: 1 } as never })).toEqual([
      {
        severity: "error",
        code: "missing",
        path: "properties.currency",
        message: "properties.currency is required for Purchase",
      },
    ]);
    expect(checkEvent({ name: "Purchase", properties: { value: 0, currency: "EUR" } })).toEqual([]);
  });
});
