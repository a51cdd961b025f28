import { normalizeUserData, type UserData } from "@beaconry/core";
import { parsePhone } from "@beaconry/core/phone";
import { getCountries, getExampleNumber } from "libphonenumber-js/min";
import examples from "libphonenumber-js/mobile/examples";
import { describe, expect, it } from "vitest";

/** The value before hashing that Meta gets, or undefined where the key is left out. */
function meta(user: Record<string, unknown>, key: string): unknown {
  return normalizeUserData(user as UserData, "meta", { parsePhone }).keys[key];
}

describe("email", () => {
  it.each([
    [" John_Smith@gmail.com ", "john_smith@gmail.com"],
    ["john+news@Gmail.com", "john+news@gmail.com"],
    ["j.o.h.n@gmail.com", "j.o.h.n@gmail.com"],
    ["o'brien@example.com", "o'brien@example.com"],
    ["jörg@example.com", "jörg@example.com"],
    ["user@münchen.de", "user@münchen.de"],
    ["\u200bAda@\u00adexample.com\u2060", "ada@example.com"],
    ["\u202aada@example.com\u202c ", "ada@example.com"],
    ["J\u006f\u0308rg@example.com", "jörg@example.com"],
    ["a@b", undefined],
    ["Foo (Bar)@baz.com", undefined],
    ["mailto:john@x.com", undefined],
    ["john@x.com?subject=hi", undefined],
    ["john@x.com/", undefined],
    ["john@x.com!", undefined],
    ["john@x.com'", undefined],
    ["john@x.com%20", undefined],
    ["john\u0000@x.com", undefined],
    ["john@x.com\u0000", undefined],
    ["jörg\u0007@x.com", undefined],
    ["john!#$%&'*+/=?^_`{|}~@x-1.co.uk", "john!#$%&'*+/=?^_`{|}~@x-1.co.uk"],
    ["user@例え.jp", "user@例え.jp"],
    ["user@xn--mnchen-3ya.de", "user@xn--mnchen-3ya.de"],
    ["ada@example.com, bob@example.com", undefined],
    ["", undefined],
    ["   ", undefined],
  ])("%j → %j", (email, expected) => expect(meta({ email }, "em")).toBe(expected));
});

describe("phone", () => {
  it.each([
    ["+1 (650) 555-1212", undefined, "16505551212"],
    ["0044 7911 123456", undefined, "447911123456"],
    ["+44 (0)7911 123456", undefined, "447911123456"],
    ["+44-(0)7911-123456", undefined, "447911123456"],
    ["+44 07911 123456", undefined, "447911123456"],
    ["+44 (07911) 123456", undefined, "447911123456"],
    ["0049 0151 12345678", undefined, "4915112345678"],
    ["+380 050 123 4567", undefined, "380501234567"],
    ["+39 06 6982 1234", undefined, "390669821234"],
    ["+225 07 07 12 34 56", undefined, "2250707123456"],
    ["(+44) (0)7911 123456", undefined, "447911123456"],
    ["0044 (0)7911 123456", undefined, "447911123456"],
    ["(0)7911 123456", "gb", "447911123456"],
    ["(0)7911 123456", undefined, undefined],
    ["\u202a+1 650 555 1212\u202c", undefined, "16505551212"],
    ["+1\u00a0650\u2011555\u20111212", undefined, "16505551212"],
    ["＋１６５０５５５１２１２", undefined, "16505551212"],
    ["0011 61 412 345 678", "au", "61412345678"],
    ["0011 1 650 555 1212", "au", "16505551212"],
    ["0011 61 412 345 678", undefined, undefined],
    ["00 1 650 555 1212", undefined, "16505551212"],
    ["07911 123456", "gb", "447911123456"],
    ["07911123456", undefined, undefined],
    ["650-555-1212 ext 4", "us", "16505551212"],
    ["tel:+16505551212", undefined, "16505551212"],
    ["+١٦٥٠٥٥٥١٢١٢", undefined, "16505551212"],
    ["+९१ ९८७६५ ४३२१०", undefined, "919876543210"],
    ["০১৭১২৩৪৫৬৭৮", "bd", "8801712345678"],
    ["+16505551212", undefined, "16505551212"],
    ["12", "us", undefined],
    ["0000", "us", undefined],
    ["+1-800-FLOWERS", undefined, undefined],
  ])("%j in %j → %j", (phone, country, expected) => expect(meta({ phone, country }, "ph")).toBe(expected));

  // Those of which it knows no number with a 0 in front.
  it("lets a 0 after the country's code fall away where libphonenumber does", () => {
    const known = getCountries().filter((country) => {
      const number = getExampleNumber(country, examples);
      return (
        meta({ phone: `+${number?.countryCallingCode}0${number?.nationalNumber}` }, "ph") === number?.number.slice(1)
      );
    });
    expect(known.length).toBeGreaterThan(50);
    for (const country of known) {
      const number = getExampleNumber(country, examples);
      expect(number?.nationalNumber).not.toMatch(/^0/);
      expect(parsePhone(`0${number?.nationalNumber}`, country)).toBe(number?.number);
    }
    expect(known).toEqual(
      expect.arrayContaining(["GB", "DE", "FR", "AT", "CH", "SE", "NL", "BE", "AU", "TR", "BR", "IL"]),
    );
    for (const other of ["IT", "CI", "GA", "CG", "US", "ES"]) expect(known).not.toContain(other);
  });

  it("reads the digits of every script in use", () => {
    const zeros = Array.from({ length: 0x10000 }, (_, code) => code).filter(
      (code) => /\p{Nd}/u.test(String.fromCharCode(code)) && !/\p{Nd}/u.test(String.fromCharCode(code - 1)),
    );
    expect(zeros.length).toBeGreaterThan(30);
    for (const zero of zeros) {
      const written = Array.from("16505551212", (digit) => String.fromCharCode(zero + Number(digit))).join("");
      expect(meta({ phone: `+${written}` }, "ph")).toBe("16505551212");
    }
  });

  it("keeps the plus for TikTok", () => {
    expect(normalizeUserData({ phone: "+55 11 99999-8888" }, "tiktok").keys).toEqual({ phone: "+5511999998888" });
  });

  it("says what a national number needs, without repeating it", () => {
    const { issues } = normalizeUserData({ phone: "650 555 1212" }, "meta");
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ code: "unusable", path: "user.phone" });
    expect(issues[0]?.message).toContain("country");
    expect(issues[0]?.message).not.toContain("650");
  });
});

describe("names", () => {
  it.each([
    ["Mary", "mary"],
    [" Mary-Ann ", "maryann"],
    ["VALÉRY", "valéry"],
    ["Vale\u0301ry", "valéry"],
    ["O'Connor", "oconnor"],
    ["D’Angelo", "dangelo"],
    ["José María", "josémaría"],
    ["李 小龙", "李小龙"],
    ["van der Berg", "vanderberg"],
    ["---", undefined],
    ["12345", undefined],
    ["0", undefined],
    ["١٢٣", undefined],
    ["John 3rd", "john3rd"],
  ])("%j → %j", (firstName, expected) => expect(meta({ firstName }, "fn")).toBe(expected));

  // The issue says so: "a name with at least one letter".
  it.each(["firstName", "lastName", "city"])("%s of digits alone is reported", (name) => {
    for (const value of ["94035", 94035]) {
      const { keys, issues } = normalizeUserData({ [name]: value }, "tiktok");
      expect(keys).toEqual({});
      expect(issues).toMatchObject([{ code: "unusable", path: `user.${name}` }]);
    }
  });
});

describe("birth date", () => {
  it.each([
    ["2/16/1997", "19970216"],
    ["16/2/1997", "19970216"],
    ["1997-02-16", "19970216"],
    ["1997/16/02", "19970216"],
    ["16.02.1997", "19970216"],
    ["3/4/1997", "19970304"],
    ["19970216", "19970216"],
    ["1997-02-16T00:00:00Z", "19970216"],
    ["02161997", undefined],
    ["1997-02-31", undefined],
    ["1/2/03", undefined],
    ["1997", undefined],
    ["Feb 16 1997", undefined],
  ])("%j → %j", (birthDate, expected) => expect(meta({ birthDate }, "db")).toBe(expected));

  it("takes a Date by its UTC day", () => {
    expect(meta({ birthDate: new Date(Date.UTC(1991, 11, 26, 23)) }, "db")).toBe("19911226");
    expect(meta({ birthDate: new Date(Number.NaN) }, "db")).toBeUndefined();
  });
});

describe("gender", () => {
  it.each([
    ["F", "f"],
    ["Woman", "f"],
    ["male", "m"],
    ["Other", undefined],
    ["Mr.", undefined],
    ["constructor", undefined],
  ])("%j → %j", (gender, expected) => expect(meta({ gender }, "ge")).toBe(expected));
});

describe("place", () => {
  it.each([
    ["New York", "newyork"],
    ["St. Louis", "stlouis"],
    ["Coeur d'Alene", "coeurdalene"],
    ["Zürich", "zürich"],
    ["São Paulo", "sãopaulo"],
    ["東京", "東京"],
    ["100 Mile House", "100milehouse"],
    ["75018", undefined],
  ])("city %j → %j", (city, expected) => expect(meta({ city }, "ct")).toBe(expected));

  it.each([
    ["CA", undefined, "ca"],
    ["California", undefined, "ca"],
    ["N.Y.", undefined, "ny"],
    ["West Virginia", "us", "wv"],
    ["Washington DC", "us", "dc"],
    ["Ontario", "ca", "on"],
    ["Québec", undefined, "qc"],
    ["US-CA", "us", "ca"],
    ["us-ny", undefined, "ny"],
    ["CA-ON", "ca", "on"],
    ["DE-BY", "de", "deby"],
    ["CA-ON", "es", "caon"],
    ["NSW", "au", "nsw"],
    ["Bavaria", "de", "bavaria"],
    ["São Paulo", "br", "sãopaulo"],
    ["Victoria", "au", "victoria"],
  ])("state %j in %j → %j", (state, country, expected) => expect(meta({ state, country }, "st")).toBe(expected));

  it.each([
    ["94035-1234", "us", "94035"],
    ["94035 1234", "us", "94035"],
    ["940351234", "us", "94035"],
    ["94035-1234", undefined, "94035"],
    [" 02134 ", "us", "02134"],
    ["2134", "us", undefined],
    ["M1 1AE", "gb", "m11ae"],
    ["〒１００－０００１", "jp", "1000001"],
    ["٨٠٣٣١", "de", "80331"],
    ["94035\u2013 1234", "us", "94035"],
    ["９４０３５", "us", "94035"],
    ["४४६००", "np", "44600"],
    ["১২০৫", "bd", "1205"],
    ["๑๐๒๐๐", "th", "10200"],
    ["N/A", undefined, undefined],
    ["none", "de", undefined],
    ["GX11 1AA", "gi", "gx111aa"],
    ["SW1A 1AA", undefined, "sw1a1aa"],
    ["K1A 0B1", "ca", "k1a0b1"],
    ["01310-100", "br", "01310100"],
    ["1987", "au", "1987"],
  ])("zip %j in %j → %j", (zip, country, expected) => expect(meta({ zip, country }, "zp")).toBe(expected));

  it.each([
    ["US", "us"],
    ["USA", "us"],
    ["U.S.", "us"],
    ["United States", "us"],
    ["UK", "gb"],
    ["England", "gb"],
    ["Côte d’Ivoire", "ci"],
    ["Türkiye", "tr"],
    ["Turkey", "tr"],
    ["Bosnia and Herzegovina", "ba"],
    ["XX", undefined],
    ["Atlantis", undefined],
    // What stands in forms for nothing is neither Namibia nor Canada.
    ["N/A", undefined],
    ["n.a.", undefined],
    ["ça", undefined],
    ["12de34", undefined],
    ["(no)", undefined],
    ["na", "na"],
    ["\u200bDE ", "de"],
    ["U. S.", "us"],
  ])("country %j → %j", (country, expected) => expect(meta({ country }, "country")).toBe(expected));

  it("goes plain to TikTok, and a hash in its place is reported", () => {
    expect(normalizeUserData({ city: "São Paulo", country: "Brazil" }, "tiktok").keys).toEqual({
      city: "sãopaulo",
      country: "br",
    });
    const hashed = normalizeUserData({ city: "a".repeat(64) }, "tiktok");
    expect(hashed.keys).toEqual({});
    expect(hashed.issues).toMatchObject([{ code: "unusable", path: "user.city" }]);
  });
});

describe("external id", () => {
  it("is trimmed, and its case kept", () => {
    expect(meta({ externalId: " User 123 " }, "external_id")).toBe("User 123");
    expect(meta({ externalId: 42 }, "external_id")).toBe("42");
  });

  it("may look like an MD5 hash: it is an id all the same", () => {
    const id = "5f4dcc3b5aa765d61d8327deb882cf99";
    expect(meta({ externalId: id }, "external_id")).toBe(id);
  });
});
