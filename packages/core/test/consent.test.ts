import { permission } from "@beaconry/core";
import { describe, expect, it } from "vitest";

describe("permission", () => {
  it("holds before the question and drops after a refusal, from every source", () => {
    for (const source of ["web", "app", "store", "crm"] as const) {
      expect(permission({}, source)).toEqual({ send: "hold" });
      expect(permission({ advertising: false, advertiserTracking: true }, source)).toEqual({ send: "drop" });
    }
  });

  it("lets everything through on the web once advertising is agreed to", () => {
    expect(permission({ advertising: true, advertiserTracking: false }, "web")).toEqual({
      send: "allow",
      customerData: true,
      advertisingId: true,
      advertiserTracking: true,
      applicationTracking: true,
      limitedDataUse: undefined,
    });
  });

  it.each([
    // advertiserTracking, applicationTracking → flags, customer data, advertising id
    [true, true, [true, true], true, true],
    [false, true, [false, true], false, false],
    [true, false, [true, false], false, true],
    [false, false, [false, false], false, false],
    [undefined, undefined, [false, true], false, false],
  ])("app: device %s, switch %s", (advertiserTracking, applicationTracking, flags, customerData, advertisingId) => {
    const allowed = permission({ advertising: true, advertiserTracking, applicationTracking }, "app");
    expect(allowed).toMatchObject({
      send: "allow",
      advertiserTracking: flags[0],
      applicationTracking: flags[1],
      customerData,
      advertisingId,
    });
  });

  it("counts iOS before 6 as tracking allowed, as Meta's guide asks", () => {
    const of = (osVersion: string) =>
      permission({ advertising: true }, "app", { platform: "ios", osVersion }) as { advertiserTracking: boolean };
    expect(of("5.1.1").advertiserTracking).toBe(true);
    expect(of("6.0").advertiserTracking).toBe(false);
    expect(of("17.2").advertiserTracking).toBe(false);
  });

  it("turns limited data use into Meta's numbers", () => {
    const limited = (limitedDataUse: boolean | { country: number; state: number }) =>
      (permission({ advertising: true, limitedDataUse }, "web") as { limitedDataUse?: unknown }).limitedDataUse;
    expect(limited(true)).toEqual({ country: 0, state: 0 });
    expect(limited({ country: 1, state: 1000 })).toEqual({ country: 1, state: 1000 });
    expect(limited(false)).toBeUndefined();
  });
});
