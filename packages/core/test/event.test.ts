import { createEvent, uuidFromBytes } from "@beaconry/core";
import { describe, expect, it } from "vitest";

describe("createEvent", () => {
  it("takes a Date, and keeps whole milliseconds", () => {
    const init = { id: "1", consent: {}, context: { source: "web" as const } };
    expect(createEvent("PageView", {}, { ...init, time: new Date(1234) }).time).toBe(1234);
    expect(createEvent("PageView", {}, { ...init, time: 1234.9 }).time).toBe(1234);
  });
});

describe("uuidFromBytes", () => {
  it("sets version and variant as RFC 9562 has it", () => {
    expect(uuidFromBytes(new Uint8Array(16))).toBe("00000000-0000-4000-8000-000000000000");
    expect(uuidFromBytes(new Uint8Array(16).fill(255))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  });
});
