import { hashForVendors, hashUserData, type UserData, type Vendor } from "@beaconry/core";
import { hashUsualForms } from "@beaconry/core/page";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countryCodes } from "../../src/user/country-codes.js";
import vectors from "../vectors/match-keys.json" with { type: "json" };

const vendors: readonly Vendor[] = ["meta", "tiktok"];
const hash64 = "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f";

/** What most of the people of a shop fill in. */
const usual: UserData = {
  email: [" Ada@Example.com ", "ada@work.example"],
  phone: "+1 (650) 555-1212",
  firstName: "Ada",
  lastName: "Løvelace-O’Neill",
  birthDate: "1997-02-16",
  gender: "F",
  city: "São Paulo",
  state: "CA",
  zip: "94025-1234",
  country: "US",
  externalId: 4711,
};

describe("what a page reads at once", () => {
  it("gives all keys of a person whose data comes in the usual forms", () => {
    const { matchKeys, unread } = hashUsualForms(usual);
    expect(unread).toEqual([]);
    expect(matchKeys).toEqual(hashForVendors(usual, vendors).matchKeys);
    expect(Object.keys(matchKeys.meta ?? {})).toHaveLength(11);
    expect(Object.keys(matchKeys.tiktok ?? {})).toHaveLength(9);
  });

  it.each([
    ["email", hash64.toUpperCase()],
    ["phone", "(+1)2133734253"],
    ["phone", "+44 07911 123456"],
    ["birthDate", "20000229"],
    ["gender", "female"],
    ["gender", "m"],
    ["state", "tx"],
    ["zip", "M1 1AE"],
    ["zip", 1234],
    ["country", "gb"],
    ["externalId", "d41d8cd98f00b204e9800998ecf8427e"],
    ["externalId", "Kundin Nr. 7 / Zürich"],
    ["firstName", "Zo\u0308e"],
    ["city", "東京"],
  ])("reads %s %j", (name, value) => {
    const user = { [name]: value } as UserData;
    expect(hashUsualForms(user)).toEqual({ matchKeys: hashForVendors(user, vendors).matchKeys, unread: [] });
    expect(hashUserData(user, "meta").issues).toEqual([]);
  });

  it("reads names of places where they are no codes", () => {
    const user = { state: "Bayern", zip: "80331", country: "de" };
    expect(hashUsualForms(user)).toEqual({ matchKeys: hashForVendors(user, vendors).matchKeys, unread: [] });
  });

  it.each([
    ["email", "no address"],
    ["email", ""],
    ["email", ["ada@example.com", "no address"]],
    ["email", "5f4dcc3b5aa765d61d8327deb882cf99"],
    ["email", { toString: (): string => "ada@example.com" }],
    ["email", "jörg@example.com"],
    ["email", "\u200bada@example.com"],
    ["zip", "１００－０００１"],
    ["zip", "N/A"],
    ["phone", "650 555 1212"],
    ["phone", "0044 7911 123456"],
    ["phone", "+44 (0)7911 123456"],
    ["phone", "tel:+16505551212"],
    ["firstName", "…"],
    ["firstName", "12345"],
    ["city", 94035],
    ["firstName", "a".repeat(513)],
    ["birthDate", "2/16/1997"],
    ["birthDate", "2021-02-29"],
    ["birthDate", "1799-12-31"],
    ["birthDate", new Date(0)],
    ["gender", "other"],
    ["state", "California"],
    ["country", "Germany"],
    ["country", "uk"],
    ["country", "xx"],
    ["mail", "ada@example.com"],
    ["constructor", "ada@example.com"],
  ])("leaves %s %j unread", (name, value) => {
    expect(hashUsualForms({ [name]: value } as UserData)).toEqual({
      matchKeys: { meta: {}, tiktok: {} },
      unread: [name],
    });
  });

  it("leaves the hash of nothing unread", () => {
    const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    expect(hashUsualForms({ email: hash })).toEqual({ matchKeys: { meta: {}, tiktok: {} }, unread: ["email"] });
  });

  it("leaves unread what one of the vendors does not take so", () => {
    expect(hashUsualForms({ city: hash64, lastName: ["A", "B"] })).toMatchObject({
      matchKeys: { tiktok: {} },
      unread: ["city", "lastName"],
    });
  });

  it("leaves unread what depends on a country that it can not read", () => {
    const { matchKeys, unread } = hashUsualForms({ zip: "94025 1234", state: "CA", city: "Paris", country: "America" });
    expect(unread).toEqual(["zip", "state", "country"]);
    expect(Object.keys(matchKeys.meta ?? {})).toEqual(["ct"]);
  });

  it.each([0, false, "", Number.NaN, {}, []])("a country that is %j is unread as well", (country) => {
    const { matchKeys, unread } = hashUsualForms({ zip: "94025-1234", country: country as never });
    expect(unread).toContain("zip");
    expect(matchKeys).toEqual({ meta: {}, tiktok: {} });
  });

  it("knows every country by its code", () => {
    for (const country of countryCodes) expect(hashUsualForms({ country: country.toUpperCase() }).unread).toEqual([]);
  });

  it.each(vectors.filter(({ field }) => field !== "idfa"))(
    "$vendor $field $input: as published, or not at all",
    ({ vendor, field, input, country, sha256 }) => {
      const { matchKeys, unread } = hashUsualForms({ country, [field]: input } as UserData);
      const keys = matchKeys[vendor as Vendor] ?? {};
      if (!unread.includes(field)) expect(Object.values(keys)).toContain(sha256);
    },
  );
});

describe("whatever comes", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.emailAddress(),
    fc.stringMatching(/^[+0-9() .-]{0,20}$/),
    fc.stringMatching(/^[12]\d{3}-?\d\d-?\d\d$/),
    fc.stringMatching(/^[a-zA-Z]{1,3}$/),
    fc.stringMatching(/^([0-9a-fA-F]{32}){1,2}$/),
    fc.stringMatching(/^\d{5}(-\d{4})?$/),
    fc.constantFrom("California", "Québec", "Germany", "female", "us", "ca", "UK", "New York", "+49 (0)30 1234567"),
  );
  const value = fc.oneof(
    { weight: 6, arbitrary: text },
    { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.anything({ withDate: true, withBigInt: true }) },
  );
  const names = Object.keys(usual);
  const user = fc.dictionary(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, fc.string()), value);

  it("what is read is what the server's reading gives; what is not read is named", () => {
    fc.assert(
      fc.property(user, (given) => {
        const { matchKeys, unread } = hashUsualForms(given as UserData);
        const full = hashForVendors(given as UserData, vendors);
        for (const vendor of vendors) expect(full.matchKeys[vendor]).toMatchObject(matchKeys[vendor] ?? {});
        if (unread.length) return;
        expect(matchKeys).toEqual(full.matchKeys);
        expect(full.issues).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });
});
