import { consentFromGpc } from "@beaconry/core";
import fc from "fast-check";
import { expect, it } from "vitest";

it("limits data use for the browser's property and for the header", () => {
  expect(consentFromGpc(true)).toEqual({ limitedDataUse: true });
  expect(consentFromGpc("1")).toEqual({ limitedDataUse: true });
});

it("says nothing for everything else", () => {
  for (const signal of [false, undefined, null, "0", "", "true", 1]) expect(consentFromGpc(signal)).toEqual({});
  fc.assert(
    fc.property(fc.anything(), (signal) => {
      if (signal !== true && signal !== "1") expect(consentFromGpc(signal)).toEqual({});
    }),
  );
});
