import { describe, expect, it } from "vitest";
import { ask } from "../../src/delivery/ask.js";
import type { LeasedParcel, Transport, Verdict } from "../../src/index.js";
import { delivered, stubDestination, stubTracker, track } from "./stub.js";

const now = Date.UTC(2026, 10, 22, 12, 0, 0);
const batch = { group: "", parcels: [{ body: "1" } as LeasedParcel] };
const send = (transport: Transport, destination = stubDestination("stub")) =>
  ask(batch, destination, transport, new AbortController().signal, () => now);
const answering = (verdict: Verdict, headers: Record<string, string> = {}) =>
  send(async () => ({ status: 200, headers: new Headers(headers), body: JSON.stringify(verdict) }));

describe("Retry-After is a floor", () => {
  it.each([
    [{ kind: "retry", detail: "" }, "7", { after: 7_000 }],
    [{ kind: "retry", detail: "", after: 9_000 }, "7", { after: 9_000 }],
    [{ kind: "retry", detail: "" }, "Sun, 22 Nov 2026 12:00:30 GMT", { after: 30_000 }],
    [{ kind: "retry", detail: "" }, "Sun, 22 Nov 2026 11:00:00 GMT", { after: 0 }],
    [{ kind: "retry", detail: "" }, "999999999", { after: 86_400_000 }],
    [{ kind: "retry", detail: "" }, "soon", {}],
    [{ kind: "pause", detail: "", for: 1_000 }, "60", { for: 60_000 }],
    [{ kind: "pause", detail: "", for: 90_000 }, "60", { for: 90_000 }],
  ] as const)("%j with %s", async (verdict, header, expected) => {
    expect((await answering(verdict, { "retry-after": header })).verdict).toEqual({ ...verdict, ...expected });
  });

  it("means nothing on what is taken", async () => {
    expect(await answering(delivered, { "retry-after": "60" })).toEqual({ verdict: delivered, status: 200 });
  });
});

describe("no answer", () => {
  it.each([
    [Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }), "TypeError ECONNREFUSED"],
    [
      Object.assign(new Error("self-signed"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
      "Error DEPTH_ZERO_SELF_SIGNED_CERT",
    ],
    [new DOMException("too long", "TimeoutError"), "TimeoutError"],
    [Object.assign(new Error("x"), { name: "a name with token=secret", code: "a code with secret" }), "Error"],
    ["a text with secret", "unknown error"],
    [undefined, "unknown error"],
  ])("%s is told by its kind alone: %s", async (thrown, kind) => {
    const { verdict, status, error } = await send(() => Promise.reject(thrown));
    expect({ verdict, status, error }).toEqual({
      verdict: { kind: "retry", detail: `no answer: ${kind}` },
      status: undefined,
      error: kind,
    });
  });

  it("also where a destination of one's own breaks", async () => {
    const broken = stubDestination("stub", {
      request: () => {
        throw new RangeError("no");
      },
    });
    expect((await send(() => Promise.reject(), broken)).verdict.kind).toBe("retry");
    const silent = stubDestination("stub", { verdict: () => undefined as never });
    const transport: Transport = async () => ({ status: 200, headers: new Headers(), body: "" });
    expect((await send(transport, silent)).verdict.kind).toBe("retry");
  });
});

describe("a verdict of a destination of one's own that makes no sense", () => {
  const saying = async (verdict: Verdict, header?: string) => {
    const headers = new Headers(header === undefined ? {} : { "retry-after": header });
    const destination = stubDestination("stub", { verdict: () => verdict });
    return (await send(async () => ({ status: 200, headers, body: "" }), destination)).verdict;
  };

  it.each([
    [{ kind: "pause", detail: "", for: Number.NaN }, { for: 0 }],
    [{ kind: "pause", detail: "", for: -1 }, { for: 0 }],
    [{ kind: "pause", detail: "", for: Number.POSITIVE_INFINITY }, { for: 86_400_000 }],
    [{ kind: "retry", detail: "", after: Number.NaN }, { after: 0 }],
    [{ kind: "delivered", slowDown: Number.POSITIVE_INFINITY }, { slowDown: 86_400_000 }],
  ] as const)("waits for as long as it may: %o", async (verdict, expected) => {
    expect(await saying(verdict)).toEqual({ ...verdict, ...expected });
  });

  it("keeps to Retry-After all the same", async () => {
    expect(await saying({ kind: "pause", detail: "", for: Number.NaN }, "7")).toMatchObject({ for: 7_000 });
  });

  it("is tried again when it is none of the four", async () => {
    expect(await saying({ kind: "ok" } as never)).toMatchObject({ kind: "retry" });
  });

  it("is delivered in the end", async () => {
    const { tracker } = stubTracker(
      (_ids, _host, count) => (count < 2 ? ({ kind: "pause", detail: "" } as never) : delivered),
      {
        destinations: [
          stubDestination("stub", {
            // What Number() makes of a header that is not there, or not a number.
            verdict: ({ body }) => ({ for: Number.NaN, ...JSON.parse(body) }),
          }),
        ],
      },
    );
    await track(tracker, "1");
    expect(await tracker.close()).toMatchObject({ delivered: 1, pending: 0 });
  });
});
