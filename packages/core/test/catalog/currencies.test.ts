import { currencies, isCurrency, isTikTokCurrency, tikTokCurrencies } from "@beaconry/core";
import { describe, expect, it } from "vitest";

describe("currencies", () => {
  it("has every code once, in order, of three capitals", () => {
    expect([...new Set(currencies)].sort()).toEqual(currencies);
    for (const code of currencies) expect(code).toMatch(/^[A-Z]{3}$/);
  });

  it.each(["EUR", "USD", "JPY", "VND", "ZWG", "XCG", "XOF", "SLE"])("knows %s", (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  it.each(["", "eur", "EURO", "XXX", "XAU", "HRK", "BGN", "ANG", "DEM", "EUR USD"])("does not know %j", (code) => {
    expect(isCurrency(code)).toBe(false);
  });

  it("knows no code that this runtime's own list lacks, save the newest", () => {
    const known = new Set(Intl.supportedValuesOf("currency"));
    expect(currencies.filter((code) => !known.has(code) && !["XCG", "ZWG", "SLE", "VED"].includes(code))).toEqual([]);
  });
});

describe("TikTok's currencies", () => {
  it("has the 62 of its list for events, all active", () => {
    expect(new Set(tikTokCurrencies).size).toBe(62);
    expect(tikTokCurrencies.filter((code) => !isCurrency(code))).toEqual([]);
    expect(isTikTokCurrency("EUR")).toBe(true);
    expect(isTikTokCurrency("LKR")).toBe(false);
  });

  it("has five more in apps", () => {
    for (const code of ["BGN", "IQD", "JOD", "LBP", "TZS"]) {
      expect([isTikTokCurrency(code), isTikTokCurrency(code, "app")]).toEqual([false, true]);
    }
    expect(isTikTokCurrency("LKR", "app")).toBe(false);
  });
});
