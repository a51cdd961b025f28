import { expect, it } from "vitest";
import { createSettler } from "../../src/delivery/settler.js";
import type { Outbox, Settlement } from "../../src/index.js";

const of = (...keys: string[]): Settlement[] => keys.map((key) => ({ key, outcome: "delivered" }));

it("puts together what comes up while the outbox writes, and tells each caller how it went", async () => {
  const calls: { keys: string[]; end: PromiseWithResolvers<void> }[] = [];
  const settle = createSettler({
    settle(settlements: readonly Settlement[]) {
      const end = Promise.withResolvers<void>();
      calls.push({ keys: settlements.map(({ key }) => key), end });
      return end.promise;
    },
  } as Outbox);
  const first = settle(of("a"));
  await new Promise(setImmediate);
  const rest = [settle(of("b")), settle(of("c", "d"))];
  calls[0]?.end.resolve();
  await first;
  await new Promise(setImmediate);
  calls[1]?.end.reject(new Error("disk"));
  for (const one of rest) await expect(one).rejects.toThrow("disk");
  const last = settle(of("e"));
  await new Promise(setImmediate);
  calls[2]?.end.resolve();
  await last;
  expect(calls.map(({ keys }) => keys)).toEqual([["a"], ["b", "c", "d"], ["e"]]);
});
