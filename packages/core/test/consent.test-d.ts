import { type Consent, consentFromGoogle, consentFromGpc, consentFromTcf, limitedDataUseIn } from "@beaconry/core";
import { expectTypeOf, it } from "vitest";

it("every reader gives a Consent", () => {
  expectTypeOf(consentFromTcf).returns.toEqualTypeOf<Consent>();
  expectTypeOf(consentFromGoogle).returns.toEqualTypeOf<Consent>();
  expectTypeOf(consentFromGpc).returns.toEqualTypeOf<Consent>();
  expectTypeOf(limitedDataUseIn("CA")).toExtend<Consent["limitedDataUse"]>();
});

it("vendors are numbers", () => {
  consentFromTcf({}, { vendorIds: [755] });
  // @ts-expect-error texts are not vendor ids
  consentFromTcf({}, { vendorIds: ["755"] });
  // @ts-expect-error no such option
  consentFromTcf({}, { vendors: [755] });
});
