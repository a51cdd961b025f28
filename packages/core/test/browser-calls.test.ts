import { toConversion, toFbqCall } from "@beaconry/core/meta";
import { toTikTokEvent, toTtqCall } from "@beaconry/core/tiktok";
import { describe, expect, it } from "vitest";
import { cart, purchase } from "./events.js";

const event = { id: "123456", name: "Purchase" as const, properties: cart };

describe("browser calls carry the id of the server's copy", () => {
  it("fbq", () => {
    expect(toFbqCall(event)).toEqual({
      method: "trackSingle",
      name: "Purchase",
      parameters: {
        value: 21.97,
        currency: "GBP",
        content_type: "product",
        content_ids: ["1234", "5678"],
        contents: [
          { id: "1234", quantity: 2, item_price: 9.99, title: "Socks", brand: "Knit" },
          { id: "5678", quantity: 1, item_price: 1.99 },
        ],
        num_items: 3,
        order_id: "order-7",
      },
      options: { eventID: "123456" },
    });
  });

  it("fbq, a name that Meta does not know", () => {
    expect(toFbqCall({ id: "1", name: "SubmitForm", properties: {} }).method).toBe("trackSingleCustom");
    expect(toFbqCall({ id: "1", name: "PageView", properties: {} }).method).toBe("trackSingle");
  });

  it("ttq", () => {
    expect(toTtqCall(event)).toEqual([
      "track",
      "Purchase",
      {
        value: 21.97,
        currency: "GBP",
        content_type: "product",
        content_ids: ["1234", "5678"],
        contents: [
          { content_id: "1234", content_name: "Socks", quantity: 2, price: 9.99, brand: "Knit" },
          { content_id: "5678", quantity: 1, price: 1.99 },
        ],
        num_items: 3,
        order_id: "order-7",
      },
      { event_id: "123456" },
    ]);
    expect(toTtqCall({ id: "1", name: "PageView", properties: {} })).toEqual(["page"]);
  });

  // Rows of a database have null for what is not known.
  it("fbq and ttq, as the server's copy, of items whose members are null", () => {
    const contents = [
      { id: "1", quantity: 2, price: null, name: null },
      { id: "2", quantity: null },
      { id: null, quantity: 1 },
      null,
    ];
    const withNulls = { ...event, properties: { ...cart, contents } as never };
    const fbq = toFbqCall(withNulls).parameters;
    expect(fbq).toMatchObject({ content_ids: ["1", "2"], contents: [{ id: "1", quantity: 2 }] });
    expect(fbq).not.toHaveProperty("num_items");
    expect(fbq).toEqual(toConversion({ ...purchase(), ...withNulls }).body?.custom_data);
    const [, , ttq] = toTtqCall(withNulls);
    expect(ttq).toMatchObject({ contents: [{ content_id: "1", quantity: 2 }, { content_id: "2" }] });
    expect(ttq).toEqual(toTikTokEvent({ ...purchase(), ...withNulls }).body?.properties);
  });
});
