import { consentFromGoogle } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const granted = { ad_storage: "granted", ad_user_data: "granted", ad_personalization: "granted" };
const types = Object.keys(granted);

describe("consentFromGoogle", () => {
  it("is a consent when all three advertising types are granted", () => {
    expect(consentFromGoogle(granted)).toEqual({ advertising: true });
    expect(consentFromGoogle({ ...granted, analytics_storage: "denied", wait_for_update: 500 })).toEqual({
      advertising: true,
    });
  });

  it.each(types)("is a refusal when %s is denied", (type) => {
    expect(consentFromGoogle({ ...granted, [type]: "denied" })).toEqual({ advertising: false });
    expect(consentFromGoogle({ [type]: "denied" })).toEqual({ advertising: false });
  });

  it.each(types)("says nothing when %s is unset", (type) => {
    expect(consentFromGoogle({ ...granted, [type]: undefined })).toEqual({});
  });

  it("says nothing of the other types", () => {
    expect(consentFromGoogle({ analytics_storage: "granted", functionality_storage: "denied" })).toEqual({});
    expect(consentFromGoogle({})).toEqual({});
  });

  it("takes only the word for a consent, and throws for nothing", () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...types), (value, type) => {
        expect(consentFromGoogle(value)).toEqual({});
        const { advertising } = consentFromGoogle({ ...granted, [type]: value });
        expect(advertising === true).toBe(value === "granted");
      }),
    );
  });
});
