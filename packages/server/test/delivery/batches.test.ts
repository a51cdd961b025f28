import { describe, expect, it } from "vitest";
import { halves, toBatches } from "../../src/delivery/batches.js";
import type { LeasedParcel } from "../../src/index.js";

const parcels = (count: number, attempts = 0, group = "") =>
  Array.from({ length: count }, (_, index) => ({ key: `${index}`, group, attempts }) as LeasedParcel);
const sizes = (list: readonly LeasedParcel[], maxAttempts = 10) =>
  toBatches(list, 1_000, maxAttempts).map(({ parcels: { length } }) => length);

describe("toBatches", () => {
  it("keeps groups apart and requests within the limit", () => {
    const batches = toBatches([...parcels(3, 0, "a"), ...parcels(2, 0, "b"), ...parcels(1, 0, "a")], 3, 10);
    expect(batches.map(({ group, parcels: { length } }) => [group, length])).toEqual([
      ["a", 3],
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("lets fewer share a request the more often they failed, and none at the last attempt", () => {
    expect(sizes(parcels(1_000, 0))).toEqual([1_000]);
    // 1,000 to the power of 2/3 and of 1/3.
    expect(Math.max(...sizes(parcels(1_000, 3)))).toBe(100);
    expect(Math.max(...sizes(parcels(1_000, 6)))).toBe(10);
    expect(sizes(parcels(1_000, 9))).toEqual(Array(1_000).fill(1));
    expect(sizes(parcels(10, 12))).toEqual(Array(10).fill(1));
    expect(sizes(parcels(1_000, 1), 3)).toHaveLength(32);
  });

  it("does not punish what never failed for what did, and sends it first", () => {
    expect(sizes([...parcels(1, 9), ...parcels(500, 0), ...parcels(10, 2)])).toEqual([500, 10, 1]);
  });

  it("sends whole batches when there is but one attempt", () => {
    expect(sizes(parcels(1_000, 0), 1)).toEqual([1_000]);
  });
});

it("halves keeps order and loses none", () => {
  const [first, second] = halves({ group: "g", parcels: parcels(5) });
  expect([first.parcels.length, second.parcels.length]).toEqual([3, 2]);
  expect([...first.parcels, ...second.parcels].map(({ key }) => key)).toEqual(["0", "1", "2", "3", "4"]);
});
