import type { Fault, Sandbox } from "@beaconry/server/sandbox";
import type { ExpectedEvent } from "@beaconry/server/vitest";
import { describe, expect, expectTypeOf, it } from "vitest";

declare const sandbox: Sandbox;

describe("types of the sandbox's tests", () => {
  it("lets right calls compile", () => {
    expectTypeOf(expect(sandbox).toHaveReceived("Purchase")).toEqualTypeOf<Promise<void>>();
    expectTypeOf(expect(sandbox).not.toHaveReceived).returns.toEqualTypeOf<Promise<void>>();
    expect(sandbox).toHaveReceived("AnEventOfMyOwn", {
      vendor: "tiktok",
      side: "browser",
      outcome: "counted",
      times: 1,
    });
    expect(sandbox).toHaveReceived("Purchase", { id: expect.any(String), properties: { value: expect.any(Number) } });
    expectTypeOf<ExpectedEvent["side"]>().toEqualTypeOf<"browser" | "server" | undefined>();
    sandbox.faults.add({ kind: "latency", delay: [1, 2], probability: 0.5, endpoint: "meta.pixel" });
    const id = sandbox.faults.add({ kind: "rateLimit", code: 80004, count: 1 });
    expectTypeOf(id).toBeString();
    expectTypeOf(sandbox.faults.list()[0]?.fault).toEqualTypeOf<Fault | undefined>();
  });

  it("refuses wrong ones", () => {
    // @ts-expect-error no sandbox
    expect("text").toHaveReceived("Purchase");
    // @ts-expect-error not for use inside of other matchers
    expect.toHaveReceived("Purchase");
    // @ts-expect-error no name
    expect(sandbox).toHaveReceived();
    // @ts-expect-error an unknown vendor
    expect(sandbox).toHaveReceived("Purchase", { vendor: "google" });
    // @ts-expect-error a misspelt field
    expect(sandbox).toHaveReceived("Purchase", { propertes: {} });
    // @ts-expect-error the name is the first argument
    expect(sandbox).toHaveReceived("Purchase", { name: "Purchase" });
    // @ts-expect-error an unknown kind
    sandbox.faults.add({ kind: "slow" });
    // @ts-expect-error a latency of what?
    sandbox.faults.add({ kind: "latency" });
    // @ts-expect-error a field of another kind
    sandbox.faults.add({ kind: "cut", status: 500 });
    // @ts-expect-error no such code
    sandbox.faults.add({ kind: "rateLimit", code: 18 });
    // @ts-expect-error a misspelt endpoint
    sandbox.faults.add({ kind: "cut", endpoint: "meta.conversion" });
  });
});
