import { expect, it } from "vitest";
import { createGate } from "../../src/delivery/gate.js";

const backoff = { base: 1_000, cap: 300_000 };

function gateAt(random = 0) {
  let time = 0;
  const gate = createGate({ backoff, concurrency: 4, elapsed: () => time, random: () => random });
  return { gate, pass: (milliseconds: number) => (time += milliseconds) };
}

const delivered = { kind: "delivered" } as const;
const retry = { kind: "retry", detail: "" } as const;

it("waits the vendor's time after a limit, then lets one request through, and all when that one is taken", () => {
  const { gate, pass } = gateAt();
  expect([gate.wait(), gate.width()]).toEqual([0, 4]);
  expect(gate.begin()({ kind: "pause", detail: "", for: 5_000 })).toEqual({ paused: 5_000, failures: 0 });
  expect([gate.wait(), gate.width()]).toEqual([5_000, 1]);
  pass(5_000);
  expect([gate.wait(), gate.width()]).toEqual([0, 1]);
  gate.begin()(delivered);
  expect(gate.width()).toBe(4);
});

it("spreads what comes back after a limit, and waits longer when the limit stays", () => {
  const { gate, pass } = gateAt(1);
  const pause = { kind: "pause", detail: "", for: 1_000 } as const;
  const waits = Array.from({ length: 4 }, () => {
    const { paused } = gate.begin()(pause);
    pass(paused);
    return paused;
  });
  // The vendor's second or the doubling backoff, and up to the base more.
  expect(waits).toEqual([2_000, 3_000, 5_000, 9_000]);
});

it("takes one failure for the event's own, and the second in a row for an outage", () => {
  const { gate, pass } = gateAt(1);
  expect(gate.begin()(retry)).toEqual({ paused: 0, failures: 1 });
  expect([gate.wait(), gate.width()]).toEqual([0, 4]);
  expect(gate.begin()(retry)).toEqual({ paused: 2_000, failures: 2 });
  expect(gate.width()).toBe(1);
  pass(2_000);
  expect(gate.begin()(retry)).toEqual({ paused: 4_000, failures: 3 });
  pass(4_000);
  gate.begin()(delivered);
  expect([gate.wait(), gate.width(), gate.failures]).toEqual([0, 4, 0]);
});

it("counts requests that were under way together once", () => {
  const { gate } = gateAt(1);
  const together = [gate.begin(), gate.begin(), gate.begin(), gate.begin()];
  expect(together.map((answer) => answer(retry).failures)).toEqual([1, 1, 1, 1]);
  const limited = [gate.begin(), gate.begin()];
  for (const answer of limited) answer({ kind: "pause", detail: "", for: 1_000 });
  expect(gate.wait()).toBe(2_000);
});

it("does not take for an outage what one request met while another got through, whichever answer comes first", () => {
  const { gate } = gateAt();
  gate.begin()(retry);
  const beside = gate.begin();
  gate.begin()(retry);
  expect([gate.failures, gate.width()]).toEqual([2, 1]);
  beside(delivered);
  expect([gate.failures, gate.width()]).toEqual([0, 4]);
});

it("takes it for an outage still where one request got through beside several that did not", () => {
  const { gate } = gateAt();
  gate.begin()(retry);
  const [lucky, ...others] = [gate.begin(), gate.begin(), gate.begin()];
  gate.begin()(retry);
  for (const beside of others) beside(retry);
  lucky?.(delivered);
  expect([gate.failures, gate.width()]).toEqual([2, 1]);
});

it("is not opened by an answer to what was sent before the limit", () => {
  const { gate } = gateAt();
  const early = gate.begin();
  gate.begin()({ kind: "pause", detail: "", for: 5_000 });
  early(delivered);
  expect([gate.wait(), gate.width()]).toEqual([5_000, 1]);
});

it("lets one request through after a limit that somebody else met, whatever is answered to what was sent before", () => {
  const { gate, pass } = gateAt();
  const early = gate.begin();
  gate.hold(5_000);
  early(delivered);
  expect([gate.wait(), gate.width()]).toEqual([5_000, 1]);
  pass(5_000);
  gate.begin()(delivered);
  expect(gate.width()).toBe(4);
});

it("keeps the floor that the vendor asks for, at the first failure too", () => {
  const { gate } = gateAt();
  expect(gate.begin()({ ...retry, after: 30_000 }).paused).toBe(30_000);
});

it("never waits less than it has to already", () => {
  const { gate } = gateAt();
  gate.begin()({ kind: "pause", detail: "", for: 60_000 });
  expect(gate.begin()({ kind: "pause", detail: "", for: 1_000 }).paused).toBe(0);
  expect(gate.wait()).toBe(60_000);
});

it("slows down without calling it a pause", () => {
  const { gate, pass } = gateAt();
  expect(gate.begin()({ kind: "delivered", slowDown: 500 }).paused).toBe(0);
  expect([gate.wait(), gate.width()]).toEqual([500, 4]);
  pass(500);
  expect(gate.wait()).toBe(0);
});
