import { backoffDelay, readRetryAfter } from "@beaconry/core/internal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const backoff = { base: 1_000, cap: 30_000 };

describe("backoffDelay", () => {
  it("doubles up to the cap, and takes a random part of it after the cap", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => backoffDelay(attempts, backoff, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    expect(backoffDelay(100, backoff, 0.5)).toBe(15_000);
    expect(backoffDelay(100, backoff, 0)).toBe(0);
  });
  it("never waits less than the vendor asks", () => {
    expect(backoffDelay(1, backoff, 0, 7_000)).toBe(7_000);
    expect(backoffDelay(6, backoff, 1, 7_000)).toBe(30_000);
  });
});

describe("readRetryAfter", () => {
  const at = Date.UTC(2026, 10, 21, 12);
  const day = 86_400_000;
  const read = (value: string | null) => readRetryAfter(value, at, day);
  it("reads seconds and dates", () => {
    expect(read("7")).toBe(7_000);
    expect(read("Sat, 21 Nov 2026 12:00:30 GMT")).toBe(30_000);
    expect(read("Sat, 21 Nov 2026 11:00:00 GMT")).toBe(0);
  });
  it("is bounded and ignores junk", () => {
    expect(read("999999999")).toBe(day);
    expect(read("soon")).toBeUndefined();
    expect(read("-5")).toBe(0);
    expect(read(null)).toBeUndefined();
  });
  it("gives a wait within bounds, or none, for anything", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = read(header) ?? 0;
        expect(wait >= 0 && wait <= day).toBe(true);
      }),
    );
  });
});
