import { type Consent, permission, type Source } from "@beaconry/core";
import { toAppEvents, toConversion } from "@beaconry/core/meta";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appContext, purchase } from "./events.js";

const sources: readonly Source[] = ["web", "app", "store", "crm", "email", "phone_call", "chat", "other"];
const notApp = sources.filter((source) => source !== "app");
const yesNoUnset = [true, false, undefined];

/** All 27 ways to answer the three questions. */
const choices = yesNoUnset.flatMap((advertising) =>
  yesNoUnset.flatMap((advertiserTracking) =>
    yesNoUnset.map((applicationTracking) => ({ advertising, advertiserTracking, applicationTracking })),
  ),
);

describe("permission", () => {
  describe.each(sources)("%s", (source) => {
    it.each(choices.filter(({ advertising }) => advertising === undefined))(
      "holds before the question: %o",
      (consent) => expect(permission(consent, source)).toEqual({ send: "hold" }),
    );
    it.each(choices.filter(({ advertising }) => advertising === false))("drops after a refusal: %o", (consent) =>
      expect(permission(consent, source)).toEqual({ send: "drop" }),
    );
  });

  describe.each(notApp)("%s", (source) => {
    it.each(choices.filter(({ advertising }) => advertising))("lets everything through under %o", (consent) =>
      expect(permission(consent, source)).toEqual({
        send: "allow",
        customerData: true,
        advertisingId: true,
        advertiserTracking: true,
        applicationTracking: true,
        limitedDataUse: undefined,
      }),
    );
  });

  it.each([
    // advertiserTracking, applicationTracking → flags, customer data, advertising id
    [true, true, [true, true], true, true],
    [true, undefined, [true, true], true, true],
    [true, false, [true, false], false, true],
    [false, true, [false, true], false, false],
    [false, undefined, [false, true], false, false],
    [false, false, [false, false], false, false],
    [undefined, true, [false, true], false, false],
    [undefined, undefined, [false, true], false, false],
    [undefined, false, [false, false], false, false],
  ])("app: device %s, switch %s", (advertiserTracking, applicationTracking, flags, customerData, advertisingId) => {
    expect(permission({ advertising: true, advertiserTracking, applicationTracking }, "app")).toEqual({
      send: "allow",
      advertiserTracking: flags[0],
      applicationTracking: flags[1],
      customerData,
      advertisingId,
      limitedDataUse: undefined,
    });
  });

  it.each([
    ["5.1.1", undefined, true],
    ["5.1.1", false, false],
    ["6.0", undefined, false],
    ["17.2", undefined, false],
    ["17.2", true, true],
    ["", undefined, false],
  ])("iOS %s, device %s: Meta's guide has 1 as the default before iOS 6", (osVersion, advertiserTracking, flag) => {
    const device = { platform: "ios", osVersion } as const;
    expect(permission({ advertising: true, advertiserTracking }, "app", device)).toMatchObject({
      advertiserTracking: flag,
    });
  });

  it("Android has no such default", () => {
    const device = { platform: "android", osVersion: "4.4" } as const;
    expect(permission({ advertising: true }, "app", device)).toMatchObject({ advertiserTracking: false });
  });

  it.each(sources)("turns limited data use into Meta's numbers: %s", (source) => {
    const limited = (limitedDataUse: Consent["limitedDataUse"]) =>
      (permission({ advertising: true, limitedDataUse }, source) as { limitedDataUse?: unknown }).limitedDataUse;
    expect(limited(true)).toEqual({ country: 0, state: 0 });
    expect(limited({ country: 1, state: 1000 })).toEqual({ country: 1, state: 1000 });
    expect(limited(false)).toBeUndefined();
    expect(limited(undefined)).toBeUndefined();
  });

  // "No other country exists", and a country without a state is refused.
  it.each([
    [{ country: 1 }],
    [{ state: 1000 }],
    [{ country: 2, state: 1000 }],
    [{ country: 1, state: 1014 }],
    [{ country: 1, state: 999 }],
    [{ country: 1, state: "1000" }],
    [{ country: 1, state: Number.NaN }],
    [{}],
    ["CA"],
  ])("leaves the state to Meta where %j are no numbers of its", (region) => {
    const limitedDataUse = region as Consent["limitedDataUse"];
    const consent = { advertising: true, advertiserTracking: true, limitedDataUse };
    const conversion = toConversion(purchase({ consent }));
    expect(conversion.body).toMatchObject({
      data_processing_options: ["LDU"],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
    });
    const appEvent = toAppEvents(purchase({ consent, context: appContext }));
    expect(appEvent.body?.device).toMatchObject({
      data_processing_options_country: "0",
      data_processing_options_state: "0",
    });
    const issue = { severity: "warning", code: "wrong_value", path: "consent.limitedDataUse" };
    for (const { issues } of [conversion, appEvent]) expect(issues).toContainEqual(expect.objectContaining(issue));
  });

  it.each([0, 1000, 1009, 1010, 1013])("knows Meta's state %i", (state) => {
    const limitedDataUse = { country: 1, state };
    const { body, issues } = toConversion(purchase({ consent: { advertising: true, limitedDataUse } }));
    expect(body).toMatchObject({ data_processing_options_country: 1, data_processing_options_state: state });
    expect(issues).toEqual([]);
  });

  it("takes nothing but true for a consent", () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...sources), (value, source) => {
        const answer = permission({ advertising: value as boolean }, source);
        expect(answer.send === "allow").toBe(value === true);
        const flags = permission(
          { advertising: true, advertiserTracking: value as boolean, applicationTracking: value as boolean },
          "app",
        );
        expect(flags).toMatchObject({
          advertiserTracking: value === true,
          applicationTracking: value === true || value === undefined || value === null,
        });
      }),
    );
  });
});
