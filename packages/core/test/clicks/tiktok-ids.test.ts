import { chooseTtclid, isTtp } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("chooseTtclid", () => {
  it("takes the new click before the stored one, case kept", () => {
    expect(chooseTtclid("E.C.P.Old", "E.C.P.New")).toBe("E.C.P.New");
    expect(chooseTtclid("E.C.P.oLD", undefined)).toBe("E.C.P.oLD");
    expect(chooseTtclid(undefined, "E.C.P.New")).toBe("E.C.P.New");
    expect(chooseTtclid(undefined, undefined)).toBeUndefined();
  });

  it.each(["", " ", "a b", "a;b", "a,b", 'a"b', "a\\b", "a\r\nSet-Cookie: x=1", "é", "\u0000", "a".repeat(501)])(
    "refuses %j",
    (value) => {
      expect(chooseTtclid("E.C.P.Old", value)).toBe("E.C.P.Old");
      expect(chooseTtclid(value, undefined)).toBeUndefined();
    },
  );

  it("throws for nothing", () => {
    fc.assert(fc.property(fc.anything(), fc.anything(), (a, b) => void chooseTtclid(a as string, b as string)));
  });
});

describe("isTtp", () => {
  it.each(["2JuZnVfTsk0c1xB7yq9GdTTnKNr", "2rqaAWvf61W3sdK4dU4SkfsymlG.tt.1", "01K5BS17XYPQSK9DWB6YSG3M5J_.tt.1"])(
    "knows %s",
    (value) => expect(isTtp(value)).toBe(true),
  );

  it.each(["", "27characters", "2JuZnVfTsk0c1xB7yq9GdTTnKN", "2JuZnVfTsk0c1xB7yq9GdTTnKNr.tt.1.1", "<script>"])(
    "does not know %j",
    (value) => expect(isTtp(value)).toBe(false),
  );

  it("throws for nothing", () => {
    fc.assert(fc.property(fc.anything(), (value) => void isTtp(value as string)));
  });
});
