import { readClickIds } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuTime } from "./cpu-time.js";

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
    "https://shop.example/?fbclid=a%00b&ttclid=%7F",
    "https://shop.example/?fbclid=%E2%82%AC&ttclid=%22a%22",
    // Cut off, its beginning would pass for a whole one.
    `https://shop.example/?fbclid=${"%61".repeat(501)}`,
  ])("finds none in %s", (url) => {
    expect(readClickIds(url)).toEqual({ fbclid: undefined, ttclid: undefined });
  });

  it("keeps one of 500 characters, however it is written", () => {
    expect(readClickIds(`?fbclid=${"%61".repeat(500)}&x=1`).fbclid).toBe("a".repeat(500));
  });

  it("throws for nothing, and gives only what a cookie can hold", () => {
    const encoded = fc.string({ unit: "binary" }).map((text) => encodeURIComponent(text.toWellFormed()));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), encoded), (text) => {
        const { fbclid } = readClickIds(`?fbclid=${text}`);
        if (fbclid !== undefined) expect(fbclid).toMatch(/^[^\s;,"\\]{1,500}$/);
      }),
    );
    fc.assert(fc.property(fc.anything(), (value) => void readClickIds(value as string)));
  });

  it("reads hostile addresses in linear time", () => {
    const time = cpuTime(() => {
      readClickIds("?fbclid=".repeat(50_000));
      readClickIds(`?ttclid=${"%".repeat(400_000)}`);
    });
    expect(time).toBeLessThan(1_000);
  });
});
