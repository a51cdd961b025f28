import { consentFromTcf } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** As a consent platform gives it to listeners: IAB Tech Lab, CMP API v2, "TCData". */
const allConsent = {
  tcString: "CPUW9Z2PUW9Z2AGABCENCCCs",
  tcfPolicyVersion: 4,
  cmpId: 6,
  cmpVersion: 1,
  gdprApplies: true,
  eventStatus: "useractioncomplete",
  cmpStatus: "loaded",
  isServiceSpecific: true,
  purposeOneTreatment: false,
  purpose: {
    consents: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((id) => [id, true])),
    legitimateInterests: { 2: true, 7: true },
  },
  vendor: { consents: { 755: true, 1126: true }, legitimateInterests: { 755: true } },
  publisher: { consents: {}, legitimateInterests: {}, restrictions: {} },
};

const withPurposes = (consents: Record<number, boolean>) => ({
  ...allConsent,
  purpose: { ...allConsent.purpose, consents },
});

const withRestriction = (purpose: number, vendor: number, restriction: number) => ({
  ...allConsent,
  publisher: { ...allConsent.publisher, restrictions: { [purpose]: { [vendor]: restriction } } },
});

describe("consentFromTcf", () => {
  it.each(["tcloaded", "useractioncomplete"])("reads the choice under %s", (eventStatus) => {
    expect(consentFromTcf({ ...allConsent, eventStatus })).toEqual({ advertising: true });
    expect(consentFromTcf({ ...withPurposes({}), eventStatus })).toEqual({ advertising: false });
  });

  it("needs purposes 1, 3, 4 and 7, and no other", () => {
    expect(consentFromTcf(withPurposes({ 1: true, 3: true, 4: true, 7: true }))).toEqual({ advertising: true });
  });

  it.each([1, 3, 4, 7])("is refused without purpose %d", (purpose) => {
    const consents: Record<number, boolean> = { ...allConsent.purpose.consents, [purpose]: false };
    expect(consentFromTcf(withPurposes(consents))).toEqual({ advertising: false });
    delete consents[purpose];
    expect(consentFromTcf(withPurposes(consents))).toEqual({ advertising: false });
  });

  it("takes no legitimate interest for a consent", () => {
    const tcData = { ...withPurposes({ 1: true, 3: true, 4: true }) };
    expect(tcData.purpose.legitimateInterests[7]).toBe(true);
    expect(consentFromTcf(tcData)).toEqual({ advertising: false });
  });

  it.each([
    [{ ...allConsent, gdprApplies: false }, "GDPR does not apply"],
    // "only gdprApplies, tcfPolicyVersion, cmpId and cmpVersion shall exist in the object"
    [{ gdprApplies: false, tcfPolicyVersion: 4, cmpId: 6, cmpVersion: 1 }, "GDPR does not apply, as specified"],
    [{ ...allConsent, gdprApplies: undefined }, "not known yet whether GDPR applies"],
    [{ ...allConsent, gdprApplies: 1 }, "an app's form"],
    [{ ...allConsent, eventStatus: "cmpuishown" }, "the person is being asked, whatever was chosen before"],
    [{ ...allConsent, eventStatus: undefined }, "the platform is still loading"],
    [{ ...allConsent, isServiceSpecific: false }, "an invalid, global string"],
    [{ ...allConsent, cmpStatus: "error" }, "the platform is in an error"],
    [{ ...allConsent, purpose: undefined }, "no purposes"],
    [{ ...allConsent, purpose: { consents: "11111111111" } }, "purposes as an app's bit field"],
    [null, "null"],
    [undefined, "undefined"],
    ["CPUW9Z2PUW9Z2AGABCENCCCs", "the string"],
    [[allConsent], "a list"],
  ])("says nothing: case %#", (tcData, _why) => {
    expect(consentFromTcf(tcData)).toEqual({});
  });

  describe("vendors", () => {
    it("count where they are listed, all of them", () => {
      expect(consentFromTcf(allConsent, { vendorIds: [755] })).toEqual({ advertising: true });
      expect(consentFromTcf(allConsent, { vendorIds: [755, 1126] })).toEqual({ advertising: true });
      expect(consentFromTcf(allConsent, { vendorIds: [755, 32] })).toEqual({ advertising: false });
      expect(consentFromTcf({ ...allConsent, vendor: undefined }, { vendorIds: [755] })).toEqual({
        advertising: false,
      });
      expect(consentFromTcf({ ...allConsent, vendor: undefined }, { vendorIds: [] })).toEqual({ advertising: true });
    });

    it("need the purposes too", () => {
      expect(consentFromTcf(withPurposes({}), { vendorIds: [755] })).toEqual({ advertising: false });
    });

    it.each([
      [0, false],
      [1, true],
      [2, false],
    ])("publisher restriction %d", (restriction, advertising) => {
      expect(consentFromTcf(withRestriction(7, 755, restriction), { vendorIds: [755] })).toEqual({ advertising });
      // Of another purpose, or of another vendor.
      expect(consentFromTcf(withRestriction(10, 755, restriction), { vendorIds: [755] })).toEqual({
        advertising: true,
      });
      expect(consentFromTcf(withRestriction(7, 32, restriction), { vendorIds: [755] })).toEqual({ advertising: true });
    });
  });

  it("makes no consent of anything malformed, and throws for nothing", () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(allConsent)), (value, name) => {
        expect(consentFromTcf(value)).toEqual({});
        // The right value by chance, as `true` for gdprApplies, is not malformed.
        fc.pre(!Object.is(value, allConsent[name as keyof typeof allConsent]));
        const { advertising } = consentFromTcf({ ...allConsent, [name]: value }, { vendorIds: [755] });
        if (["purpose", "vendor", "gdprApplies", "eventStatus"].includes(name)) expect(advertising).not.toBe(true);
      }),
    );
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
      },
    );
    expect(consentFromTcf(hostile)).toEqual({});
    expect(consentFromTcf({ ...allConsent, purpose: hostile })).toEqual({});
  });

  it("takes only true for a yes", () => {
    fc.assert(
      fc.property(fc.anything(), (yes) => {
        const consents = { 1: yes, 3: yes, 4: yes, 7: yes };
        expect(consentFromTcf({ ...allConsent, purpose: { consents } })).toEqual({ advertising: yes === true });
      }),
    );
  });
});
