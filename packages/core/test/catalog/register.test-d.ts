import {
  type Currency,
  createEvent,
  type EventInit,
  type EventName,
  isCurrency,
  type PropertiesOf,
  type standardEvents,
} from "@beaconry/core";
import { describe, expectTypeOf, it } from "vitest";

declare module "@beaconry/core" {
  interface Register {
    events: { QuizFinished: { score: number } };
    properties: { loyaltyTier: "gold" | "silver"; visits: number };
  }
}

declare const init: EventInit;

describe("typed events", () => {
  it("lets right events compile", () => {
    createEvent("Purchase", { currency: "EUR", value: 0, contents: [{ id: 1, quantity: 2 }] }, init);
    createEvent("Search", { searchString: "socks" }, init);
    createEvent("PageView", {}, init);
    createEvent("CompletePayment", { value: 1 }, init);
    createEvent("QuizFinished", { score: 3 }, init);
  });

  it("refuses wrong ones", () => {
    // @ts-expect-error a purchase needs a currency
    createEvent("Purchase", { value: 1 }, init);
    // @ts-expect-error a misspelt property
    createEvent("Search", { searchStrnig: "socks" }, init);
    // @ts-expect-error a vendor's spelling
    createEvent("Search", { search_string: "socks" }, init);
    // @ts-expect-error a value is a number
    createEvent("Purchase", { currency: "EUR", value: "1" }, init);
    // @ts-expect-error no such event
    createEvent("Purchsae", {}, init);
    // @ts-expect-error a registered event's own property is missing
    createEvent("QuizFinished", {}, init);
    // @ts-expect-error a registered event has no standard properties
    createEvent("QuizFinished", { score: 3, currency: "EUR" }, init);
  });

  it("derives from the table", () => {
    expectTypeOf<keyof typeof standardEvents>().toExtend<EventName>();
    expectTypeOf<PropertiesOf<"Purchase">["currency"]>().toEqualTypeOf<string>();
    expectTypeOf<PropertiesOf<"AddToCart">["currency"]>().toEqualTypeOf<string | undefined>();
  });

  it("adds your own properties to every standard event, never as required ones", () => {
    createEvent("PageView", { loyaltyTier: "gold" }, init);
    createEvent("PageView", {}, init);
    createEvent("CompletePayment", { visits: 3 }, init);
    createEvent("Purchase", { currency: "EUR", value: 1, loyaltyTier: "silver", visits: 3 }, init);
    // @ts-expect-error none of the tier's words
    createEvent("PageView", { loyaltyTier: "bronze" }, init);
    // @ts-expect-error a misspelt property of your own
    createEvent("PageView", { loyalyTier: "gold" }, init);
    // @ts-expect-error a registered event has its own properties only
    createEvent("QuizFinished", { score: 3, loyaltyTier: "gold" }, init);
    expectTypeOf<PropertiesOf<"PageView">["visits"]>().toEqualTypeOf<number | undefined>();
  });

  it("types the verticals", () => {
    createEvent(
      "Search",
      { contentType: "hotel", checkinDate: "2026-12-24", numAdults: 2, suggestedHotels: [1] },
      init,
    );
    createEvent("ViewContent", { make: "Toyota", mileage: { value: 10, unit: "KM" }, bodyStyle: "SEDAN" }, init);
    createEvent("ViewContent", { propertyType: "house", preferredBedsRange: [2, 3] }, init);
    createEvent("AddToCart", { contents: [{ id: 1, brand: "Knit", deliveryCategory: "curbside" }] }, init);
    // @ts-expect-error no such class of travel
    createEvent("Search", { travelClass: "wood" }, init);
    // @ts-expect-error a range has two ends
    createEvent("Search", { preferredPriceRange: [1] }, init);
    // @ts-expect-error furlongs
    createEvent("ViewContent", { mileage: { value: 10, unit: "FUR" } }, init);
    // @ts-expect-error no member of a content
    createEvent("AddToCart", { contents: [{ id: 1, item_price: 3 }] }, init);
  });

  it("types TikTok's app events", () => {
    createEvent("Login", {}, init);
    createEvent("LoanApproval", { value: 1 }, init);
    createEvent("JoinGroup", {}, init);
  });

  it("types currencies", () => {
    expectTypeOf<"EUR">().toExtend<Currency>();
    expectTypeOf<"DEM">().not.toExtend<Currency>();
    const code: string = "EUR";
    if (isCurrency(code)) expectTypeOf(code).toEqualTypeOf<Currency>();
  });
});
