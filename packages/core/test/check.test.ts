import { checkEvent, createEvent, type EventContext } from "@beaconry/core";
import { toConversion } from "@beaconry/core/meta";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appContext, purchase, time, webContext } from "./events.js";

const day = 86_400_000;
const codes = (issues: readonly { code: string; path: string }[]) => issues.map(({ code, path }) => `${code} ${path}`);

describe("checkEvent", () => {
  it.each<unknown>([Number.NaN, "now", {}, { toString: false }, null])("says once that the time %j is none", (time) => {
    const { errors } = checkEvent({ ...purchase(), time: time as number }, "meta", { now: Date.now() });
    expect(errors).toMatchObject([{ code: "wrong_type", path: "time" }]);
  });

  it("finds nothing in a good event", () => {
    for (const vendor of ["meta", "tiktok"] as const) {
      expect(checkEvent(purchase(), vendor, { now: time })).toEqual({ errors: [], warnings: [] });
    }
  });

  it("splits what a vendor would refuse from what weakens the event", () => {
    const event = purchase({
      user: { email: "nonsense" },
      context: { source: "web", clicks: { fbp: "fb.1.1558571054389.1" } },
    });
    const { errors, warnings } = checkEvent(event, "meta");
    expect(codes(errors)).toEqual(["missing context.page.url", "missing context.userAgent"]);
    expect(codes(warnings)).toEqual(["unusable user.email"]);
  });

  // "Using the Conversions API": 7 days, 62 in store; TikTok's longest attribution window is 28 days.
  it.each([
    ["meta", "web", 7],
    ["meta", "store", 62],
    ["tiktok", "web", 7],
    ["tiktok", "store", 28],
  ] as const)("%s takes %s events for %i days", (vendor, source, days) => {
    const context = source === "web" ? webContext : { source };
    const at = (now: number) => codes(checkEvent(purchase({ context }), vendor, { now }).errors);
    expect(at(time + days * day)).toEqual([]);
    expect(at(time + days * day + 1)).toEqual(["too_old time"]);
    expect(at(time - 60_000)).toEqual([]);
    expect(at(time - 60_001)).toEqual(["in_future time"]);
  });

  it("checks an app event as App Events takes it, or as the Conversions API does", () => {
    const event = purchase({
      context: { ...appContext, ip: undefined },
      consent: { advertising: true, advertiserTracking: true },
    });
    expect(codes(checkEvent(event, "meta").errors)).toEqual(["missing context.ip"]);
    expect(checkEvent(event, "meta", { appsBy: "conversions" }).errors).toEqual([]);
  });

  it("warns of more than 25 parameters and 100 characters in an app event", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`own_${index}`, "x".repeat(index === 7 ? 101 : 100)]),
    );
    const event = createEvent("Quiz" as "Contact", properties as never, {
      id: "1",
      time,
      context: appContext,
      consent: { advertising: true, advertiserTracking: true },
    });
    expect(codes(checkEvent(event, "meta").warnings)).toEqual(["too_many properties.own_7", "too_many properties"]);
  });

  it("warns of names in an app event that Meta's SDKs drop", () => {
    const long = "x".repeat(40);
    const properties = { [long]: 1, [`${long}x`]: 1, größe: 1, "-a": 1, "a b-c": 1, mileage: { value: 1, unit: "KM" } };
    const event = createEvent("Quiz" as "Contact", properties as never, {
      id: "1",
      time,
      context: appContext,
      consent: { advertising: true, advertiserTracking: true },
    });
    expect(codes(checkEvent(event, "meta").warnings)).toEqual([
      `bad_name properties.${long}x`,
      "bad_name properties.größe",
      "bad_name properties.-a",
    ]);
    expect(checkEvent(event, "meta", { appsBy: "conversions" }).warnings).toEqual([]);
  });

  it("names an id or a time that is none", () => {
    const { errors } = checkEvent(purchase({ id: "", time: Number.NaN }), "tiktok");
    expect(codes(errors)).toEqual(["missing id", "wrong_type time"]);
  });

  it("throws for no properties, and finds no event that JSON can not say", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true })), (properties) => {
        const init = { id: "1", time, consent: { advertising: true, advertiserTracking: true } };
        const event = (context: EventContext) =>
          createEvent("Quiz" as "Contact", properties as never, { ...init, context });
        expect(() => checkEvent(event(appContext), "meta")).not.toThrow();
        for (const { body } of [toConversion(event(webContext)), toTikTokEvent(event(webContext))]) {
          expect(() => JSON.stringify(body)).not.toThrow();
        }
      }),
    );
  });
});
