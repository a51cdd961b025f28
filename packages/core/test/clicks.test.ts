import { chooseFbc, isFbCookie, mintFbp, readClickIds } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("readClickIds", () => {
  it("keeps the case and decodes", () => {
    expect(readClickIds("https://shop.example/?a=1&fbclid=IwAR0_AbC&ttclid=E.C.P.x%2Dy#top")).toEqual({
      fbclid: "IwAR0_AbC",
      ttclid: "E.C.P.x-y",
    });
  });

  it.each([
    "https://shop.example/",
    "https://shop.example/?fbclid=&ttclid=%zz",
    `https://shop.example/?fbclid=${"a".repeat(501)}`,
    "https://shop.example/?xfbclid=1&fbclidx=2",
    "https://shop.example/?fbclid=a%3Bb%0d%0aSet-Cookie",
    "https://shop.example/#?fbclid",
  ])("finds none in %s", (url) => {
    expect(readClickIds(url)).toEqual({ fbclid: undefined, ttclid: undefined });
  });

  it("throws for nothing", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readClickIds(`?fbclid=${text}`)));
  });
});

describe("chooseFbc", () => {
  const stored = "fb.1.1554763741205.AbCdEf";
  it("builds one from the click id and the landing time in ms", () => {
    expect(chooseFbc(undefined, "AbCdEf", 1554763741205)).toBe(stored);
  });
  it("keeps the stored one for the same click, and for none", () => {
    expect(chooseFbc(stored, "AbCdEf", 1999999999999)).toBe(stored);
    expect(chooseFbc(stored, undefined, 1999999999999)).toBe(stored);
    expect(chooseFbc(`${stored}.AQQAAQMC`, "AbCdEf", 1999999999999)).toBe(`${stored}.AQQAAQMC`);
  });
  it("replaces it for another click, case counting", () => {
    expect(chooseFbc(stored, "abcdef", 1600000000000)).toBe("fb.1.1600000000000.abcdef");
  });
  it("does not believe a stored value of another form", () => {
    expect(chooseFbc("<script>", undefined, 1)).toBeUndefined();
  });
});

describe("fbp", () => {
  it("has Meta's form", () => {
    expect(mintFbp(1558571054389, 1098115397)).toBe("fb.1.1558571054389.1098115397");
    expect(isFbCookie(mintFbp(1558571054389.7, 0.3))).toBe(true);
  });
});
