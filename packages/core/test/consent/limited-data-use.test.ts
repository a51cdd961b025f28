import { limitedDataUseIn, permission } from "@beaconry/core";
import fc from "fast-check";
import { expect, it } from "vitest";

/** Meta, data processing options: the states and their numbers. */
it.each([
  ["CA", 1000],
  ["CO", 1001],
  ["CT", 1002],
  ["FL", 1003],
  ["OR", 1004],
  ["TX", 1005],
  ["MT", 1006],
  ["DE", 1007],
  ["NE", 1008],
  ["NH", 1009],
  ["NJ", 1010],
  ["MN", 1011],
  ["MD", 1012],
  ["RI", 1013],
])("%s is %d", (code, state) => {
  expect(limitedDataUseIn(code)).toEqual({ country: 1, state });
});

it("takes any case and ISO 3166-2", () => {
  expect(limitedDataUseIn("ca")).toEqual({ country: 1, state: 1000 });
  expect(limitedDataUseIn(" us-tx ")).toEqual({ country: 1, state: 1005 });
});

it.each(["NY", "", "US", "California", "CAL", "constructor", "__proto__", "DE-CA"])("%j has no number", (code) => {
  expect(limitedDataUseIn(code)).toBeUndefined();
});

it("throws for nothing, and gives only Meta's numbers", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const region = limitedDataUseIn(value as string);
      if (region) expect(region.country).toBe(1);
    }),
  );
});

it("fits consent", () => {
  const consent = { advertising: true, limitedDataUse: limitedDataUseIn("CA") };
  expect(permission(consent, "web")).toMatchObject({ limitedDataUse: { country: 1, state: 1000 } });
});
