import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryOutbox } from "../../src/index.js";
import { createHeap } from "../../src/outbox/heap.js";
import { parcel } from "./parcel.js";

it("a heap gives its items in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = createHeap<number>((a, b) => a - b);
      for (const number of numbers) heap.push(number);
      expect(heap.size).toBe(numbers.length);
      expect(Array.from(numbers, () => heap.pop())).toEqual(numbers.toSorted((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

it("keeps the order of what comes back however often it is put off", async () => {
  const clock = { time: 0 };
  const outbox = memoryOutbox({ now: () => clock.time, lease: 1_000 });
  await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
  for (let round = 0; round < 3_000; round++) {
    clock.time += 1_000;
    const { parcels } = await outbox.take("d", 3);
    expect(parcels.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  }
});
