import { expect, it } from "vitest";
import { toOnceKey } from "../../src/outbox/once-key.js";

it("is the first half of a SHA-256 of lengths and texts", () => {
  // printf '1,6:ddevice' | sha256sum
  expect(toOnceKey("d", "device")).toBe("944b8c8ef66dd4443a0b8893b8f3cb1d");
  expect(toOnceKey("ab", "c")).not.toBe(toOnceKey("a", "bc"));
});
