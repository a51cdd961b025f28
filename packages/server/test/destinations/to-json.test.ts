import { createEvent } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toJson } from "../../src/destinations/to-json.js";
import { metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";
import { appContext, consent, webContext } from "../shop.js";

describe("toJson", () => {
  it("writes no half of a character, and leaves all else as it is", () => {
    const piece = fc.constantFrom("\ud83d", "\ude00", "\ud83d\ude00", "\\", "\\ud83d", '"', "u", "d800", "é", "\u0000");
    const text = fc.array(piece).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), text, (value, name) => {
        const json = toJson({ [name]: [value] });
        expect(JSON.parse(json)).toEqual({ [name.toWellFormed()]: [value.toWellFormed()] });
        expect(json.isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [tiktokEvents({ pixelCode: "C", accessToken: "t" }), webContext],
    [metaConversions({ datasetId: "1", accessToken: "t" }), webContext],
    [metaAppEvents({ appId: "1", appSecret: "s" }), appContext(1)],
  ])("is what destination %# writes events with", (destination, context) => {
    // As `slice` leaves it, where it cuts within an emoji.
    const contentName = "Socks \u{1f9e6}".slice(0, -1);
    const event = createEvent(
      "Purchase",
      { currency: "EUR", value: 1, contentName },
      { id: "1", time: 0, consent, context },
    );
    const { body } = destination.build(event as never);
    expect(body?.body).toContain('"Socks \ufffd"');
  });
});
