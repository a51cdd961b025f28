import { createEvent, type EventInit, type EventName, type PropertiesOf, type standardEvents } from "@beaconry/core";
import { describe, expectTypeOf, it } from "vitest";

declare module "@beaconry/core" {
  interface Register {
    events: { QuizFinished: { score: number } };
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
});
