import { chooseFbc, chooseFbp, isFbCookie, mintFbp, parseFbCookie } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const day = 86_400_000;
/** Meta's own example, "fbp and fbc parameters". */
const clickedAt = 1554763741205;
const stored = "fb.1.1554763741205.AbCdEf";

const fbclid = fc.stringMatching(/^[\w-]{1,200}$/);
const time = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });

describe("parseFbCookie", () => {
  it("reads four parts and five", () => {
    expect(parseFbCookie(stored)).toEqual({ subdomainIndex: 1, createdAt: clickedAt, value: "AbCdEf" });
    expect(parseFbCookie("fb.2.1558571054389.1098115397.AQQAAQMC")).toEqual({
      subdomainIndex: 2,
      createdAt: 1558571054389,
      value: "1098115397",
      appendix: "AQQAAQMC",
    });
    expect(parseFbCookie("fb.0.1558571054389.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk")).toEqual({
      subdomainIndex: 0,
      createdAt: 1558571054389,
      value: "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
    });
  });

  it.each([
    "",
    "fb",
    "fb.1.1554763741205",
    "fb.1.1554763741205.",
    "fb.1.1554763741205.AbCdEf.",
    "fb.1.1554763741205.AbCdEf.a.b",
    "fb..1554763741205.AbCdEf",
    "fb.-1.1554763741205.AbCdEf",
    "fb.1.now.AbCdEf",
    "fb.1.155476374.AbCdEf",
    "FB.1.1554763741205.AbCdEf",
    " fb.1.1554763741205.AbCdEf",
    "fb.1.1554763741205.AbCdEf\n",
    "fb.1.1554763741205.Ab;CdEf",
    "fb.1.1554763741205.<script>",
    `fb.1.1554763741205.${"a".repeat(501)}`,
  ])("finds none in %j", (value) => {
    expect(parseFbCookie(value)).toBeUndefined();
    expect(isFbCookie(value)).toBe(false);
  });

  it("throws for nothing", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(isFbCookie(value as string)).toBe(parseFbCookie(value as string) !== undefined);
      }),
    );
  });

  it("gives back what was put together", () => {
    fc.assert(
      fc.property(fc.nat({ max: 9 }), time, fbclid, (subdomainIndex, createdAt, value) => {
        const cookie = `fb.${subdomainIndex}.${createdAt}.${value}`;
        expect(parseFbCookie(cookie)).toEqual({ subdomainIndex, createdAt, value });
        expect(parseFbCookie(`${cookie}.Bg`)).toEqual({ subdomainIndex, createdAt, value, appendix: "Bg" });
      }),
    );
  });
});

describe("chooseFbc", () => {
  it("builds one from the click id and the landing time in ms", () => {
    expect(chooseFbc(undefined, "AbCdEf", clickedAt)).toBe(stored);
    expect(chooseFbc(undefined, "AbCdEf", clickedAt + 0.7)).toBe(stored);
  });

  it("keeps the stored one for the same click, and for none", () => {
    expect(chooseFbc(stored, "AbCdEf", clickedAt + day)).toBe(stored);
    expect(chooseFbc(stored, undefined, clickedAt + day)).toBe(stored);
    expect(chooseFbc(stored, "", clickedAt + day)).toBe(stored);
    const signed = `${stored}.AQQAAQMC`;
    expect(chooseFbc(signed, "AbCdEf", clickedAt + day)).toBe(signed);
  });

  it("replaces it for another click, case counting", () => {
    expect(chooseFbc(stored, "abcdef", 1600000000000)).toBe("fb.1.1600000000000.abcdef");
  });

  it("does not believe a stored value of another form", () => {
    expect(chooseFbc("<script>", undefined, clickedAt)).toBeUndefined();
    expect(chooseFbc("<script>", "AbCdEf", clickedAt)).toBe(stored);
  });

  it("lets a click go after 90 days", () => {
    expect(chooseFbc(stored, undefined, clickedAt + 90 * day)).toBe(stored);
    expect(chooseFbc(stored, undefined, clickedAt + 90 * day + 1)).toBeUndefined();
  });

  it("does not make an old click a fresh one when its address is opened again", () => {
    expect(chooseFbc(stored, "AbCdEf", clickedAt + 400 * day)).toBe(stored);
  });

  it("does not believe a click of the future, beyond a day's clock error", () => {
    expect(chooseFbc(stored, undefined, clickedAt - day)).toBe(stored);
    expect(chooseFbc(stored, undefined, clickedAt - day - 1)).toBeUndefined();
    const now = clickedAt - 2 * day;
    expect(chooseFbc(stored, "AbCdEf", now)).toBe(`fb.1.${now}.AbCdEf`);
  });

  it("ignores a click id that is over-long or that no cookie of Meta's can hold", () => {
    for (const bad of ["a".repeat(501), "a;b", "a b", "<script>", "a\n", "é"]) {
      expect(chooseFbc(stored, bad, clickedAt)).toBe(stored);
      expect(chooseFbc(undefined, bad, clickedAt)).toBeUndefined();
    }
    expect(chooseFbc(undefined, "a".repeat(500), clickedAt)).toBe(`fb.1.${clickedAt}.${"a".repeat(500)}`);
  });

  it("without a clock makes none", () => {
    expect(chooseFbc(undefined, "AbCdEf", Number.NaN)).toBeUndefined();
    expect(chooseFbc(stored, undefined, Number.NaN)).toBeUndefined();
  });

  it("gives a cookie of Meta's form or nothing, and is settled by its own answer", () => {
    const anyText = fc.oneof(fc.string(), fbclid, fc.constant(stored), fc.constant(undefined));
    fc.assert(
      fc.property(anyText, anyText, time, (kept, click, now) => {
        const chosen = chooseFbc(kept, click, now);
        if (chosen !== undefined) expect(isFbCookie(chosen)).toBe(true);
        expect(chooseFbc(chosen, click, now)).toBe(chosen);
      }),
    );
  });
});

describe("fbp", () => {
  it("has Meta's form", () => {
    expect(mintFbp(1558571054389, 1098115397)).toBe("fb.1.1558571054389.1098115397");
    expect(isFbCookie(mintFbp(1558571054389.7, 0.3))).toBe(true);
  });

  it("stays as it is, of whatever age and of four parts or five", () => {
    for (const kept of ["fb.2.1558571054389.12", "fb.1.1558571054389.332693119532634740.AQQAAQMC"]) {
      expect(chooseFbp(kept, 1999999999999, 7)).toBe(kept);
      expect(chooseFbp(kept, 1500000000000, 7)).toBe(kept);
    }
  });

  it("is made where there is none, or a damaged one", () => {
    expect(chooseFbp(undefined, 1558571054389, 1098115397)).toBe("fb.1.1558571054389.1098115397");
    expect(chooseFbp("garbage", 1558571054389, 1098115397)).toBe("fb.1.1558571054389.1098115397");
  });
});
