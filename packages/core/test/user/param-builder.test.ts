import { hashUserData } from "@beaconry/core";
import paramBuilder from "capi-param-builder-nodejs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const builder = new paramBuilder.ParamBuilder();

/** The hash that Meta's own parameter builder makes, without the appendix by which it marks its own. */
function metaHash(value: string, type: Parameters<typeof builder.getNormalizedAndHashedPII>[1]): string | undefined {
  return builder.getNormalizedAndHashedPII(value, type)?.split(".")[0];
}

// Only where its code does what Meta's documents say; docs/match-keys.md has the rest.
describe("the same keys as Meta's parameter builder, where it follows the documents", () => {
  const word = fc.stringMatching(/^[A-Za-z]{1,12}$/);
  const two = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, "0"));
  const day = fc.tuple(fc.integer({ min: 1900, max: 2020 }), two(1, 12), two(1, 28));

  it.each([
    ["email", "em", "email", fc.tuple(word, word).map(([name, host]) => ` ${name}+news@${host}.com`)],
    ["phone", "ph", "phone", fc.stringMatching(/^\+[1-9]{4}\d{4,8}$/)],
    ["firstName", "fn", "first_name", fc.tuple(word, word).map(([one, other]) => `${one}-${other}`)],
    ["lastName", "ln", "last_name", fc.tuple(word, word).map(([one, other]) => `O'${one} ${other}`)],
    ["birthDate", "db", "date_of_birth", day.map((parts) => parts.join("-"))],
    ["birthDate", "db", "date_of_birth", day.map(([year, month, date]) => `${month}/${date}/${year}`)],
    ["gender", "ge", "gender", fc.constantFrom("F", "female", "Woman", "girl", "M", "Male", "man", "boy")],
    ["city", "ct", "city", fc.tuple(word, word).map(([one, other]) => `St. ${one} ${other}`)],
    ["state", "st", "state", fc.constantFrom("CA", "California", "New York", "West Virginia", "Ontario", "Quebec")],
    ["country", "country", "country", fc.constantFrom("US", "usa", "United States", "Germany", "FR")],
    ["zip", "zp", "zip_code", two(0, 99).map((digits) => `021${digits}-1234`)],
  ] as const)("%s (%s)", (field, key, type, values) => {
    fc.assert(
      fc.property(values as fc.Arbitrary<string>, (value) => {
        expect(hashUserData({ [field]: value }, "meta").keys[key]).toBe(metaHash(value, type));
      }),
    );
  });
});
