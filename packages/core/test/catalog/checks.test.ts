import { checkGoal, type Goal } from "@beaconry/core";
import { describe, expect, it } from "vitest";
import { checkBasics } from "../../src/catalog/check-basics.js";
import { checkContents } from "../../src/catalog/check-contents.js";
import { readProperties } from "../../src/catalog/read-properties.js";
import { missingProperties } from "../../src/catalog/required-properties.js";
import { checkReservedName } from "../../src/catalog/reserved-names.js";

const basics = (name: string) =>
  checkBasics({ id: "1", name: name as "Contact", time: 0 }, { value: 0, currency: "EUR" }, "error");

describe("checkBasics", () => {
  it.each([
    ["CompletePayment", "today's is Purchase"],
    ["Browse", "today's is PageView"],
    ["PlaceAnOrder", "TikTok names no other"],
    ["Checkout", "leads to PlaceAnOrder, which is old too"],
    ["ClickInDownloadPage", "leads to ClickButton, which is old too"],
  ])("names what %s is today", (name, advice) => {
    expect(basics(name)).toMatchObject([{ severity: "warning", code: "legacy_name", path: "name" }]);
    expect(basics(name)[0]?.message).toContain(advice);
  });

  it("says nothing of today's names and of your own", () => {
    for (const name of ["Purchase", "QuizFinished", "constructor"]) expect(basics(name)).toEqual([]);
  });
});

// Meta: "needed with a price"; TikTok's own diagnostics say "value without currency".
describe("a value without a currency", () => {
  const codesOf = (name: string, properties: object) =>
    checkBasics({ id: "1", name: name as "Contact", time: 0 }, properties, "warning")
      .filter(({ code }) => code === "missing")
      .map(({ path }) => path);

  it.each([
    ["AddToCart", { value: 10 }, ["properties.currency"]],
    ["Subscribe", { value: 0 }, ["properties.currency"]],
    ["CompletePayment", { value: 10 }, ["properties.currency"]],
    ["AddToCart", { value: 10, currency: "EUR" }, []],
    ["AddToCart", { currency: "EUR" }, []],
    ["Purchase", { value: 10 }, ["properties.currency"]],
    ["Rate", { value: 4 }, []],
    ["SpentCredits", { value: 100 }, []],
    ["QuizFinished", { value: 3 }, []],
  ])("%s %j: %j", (name, properties, paths) => expect(codesOf(name, properties)).toEqual(paths));
});

describe("missingProperties", () => {
  it("reports what a purchase lacks, as severe as it is for the vendor; 0 is there", () => {
    expect(missingProperties("Purchase", { value: 0 }, "error")).toEqual([
      {
        severity: "error",
        code: "missing",
        path: "properties.currency",
        message: "properties.currency is required for Purchase",
      },
    ]);
    expect(missingProperties("Purchase", {}, "warning").map(({ severity }) => severity)).toEqual([
      "warning",
      "warning",
    ]);
    expect(missingProperties("AddToCart", {}, "error")).toEqual([]);
  });
});

describe("checkReservedName", () => {
  it.each([
    ["purchase", "Purchase"],
    ["ADDTOCART", "AddToCart"],
    ["Pageview", "PageView"],
    ["GenerateLead", "Lead"],
    ["checkout", "InitiateCheckout"],
    ["completepayment", "CompletePayment"],
    ["LaunchApp", "ActivateApp"],
  ])("warns of %s", (name, known) => {
    expect(checkReservedName(name)).toMatchObject([{ severity: "warning", code: "bad_name", path: "name" }]);
    expect(checkReservedName(name)[0]?.message).toMatch(new RegExp(`it is ${known}$`));
  });

  it("takes TikTok's names as they are, old ones too, and names of your own", () => {
    for (const name of ["Purchase", "PageView", "Login", "CompletePayment", "QuizFinished", "donate", ""]) {
      expect(checkReservedName(name)).toEqual([]);
    }
  });
});

describe("checkContents", () => {
  const check = (properties: object) => checkContents(readProperties({ name: "AddToCart", properties }).standard);
  const contents = [
    { id: 1, quantity: 2 },
    { id: 2, quantity: 1 },
  ];

  it("says how ids and number differ, and both stay as given", () => {
    const properties = { contents, contentIds: ["2", "3", "4"], numItems: 2 };
    expect(check(properties).map(({ code, severity, message }) => [code, severity, message])).toEqual([
      [
        "wrong_value",
        "warning",
        "properties.contentIds lacks 1 of the ids in properties.contents; all are sent as given",
      ],
      [
        "wrong_value",
        "warning",
        "properties.contentIds has 2 that are not in properties.contents; all are sent as given",
      ],
      [
        "wrong_value",
        "warning",
        "properties.numItems is less than the quantities added up in properties.contents; all are sent as given",
      ],
    ]);
    expect(readProperties({ name: "AddToCart", properties }).standard).toMatchObject({
      contentIds: ["2", "3", "4"],
      numItems: 2,
    });
    expect(check({ contents, numItems: 4 })[0]?.message).toContain("is more than");
  });

  it("says nothing where they agree, or where one is not known", () => {
    expect(check({})).toEqual([]);
    expect(check({ contents })).toEqual([]);
    expect(check({ contents, contentIds: [2, 1, 1], numItems: 3 })).toEqual([]);
    expect(check({ contents: [{ id: 1 }], numItems: 7 })).toEqual([]);
    expect(check({ contentIds: [1], numItems: 7 })).toEqual([]);
  });
});

describe("checkGoal", () => {
  const check = (name: string, goal: Goal, properties: object) =>
    checkGoal({ name: name as "Purchase", properties: properties as never }, goal).map(({ path }) => path);

  it("names what a goal needs; contents stand for content ids", () => {
    expect(check("Purchase", "videoShopping", {})).toEqual(["properties.contentType", "properties.contentIds"]);
    expect(check("Purchase", "videoShopping", { contentType: "product", contents: [{ id: 1 }] })).toEqual([]);
    expect(check("AddToCart", "catalogue", { contentIds: [1] })).toEqual(["properties.contents"]);
    expect(check("Search", "catalogue", { contentIds: [1] })).toEqual([]);
    expect(check("Lead", "value", { value: 0 })).toEqual(["properties.currency"]);
  });

  it("says that an event does not serve the goal", () => {
    for (const name of ["Contact", "QuizFinished", "toString"]) expect(check(name, "catalogue", {})).toEqual(["name"]);
  });
});
