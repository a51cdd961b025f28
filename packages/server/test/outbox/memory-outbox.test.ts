import { expect, it } from "vitest";
import { memoryOutbox } from "../../src/index.js";
import { describeOutbox, lease, parcel, window } from "./contract.js";

describeOutbox("memoryOutbox", (clock) =>
  memoryOutbox({ maxParcels: 10, deduplicationWindow: window, lease, now: () => clock.time }),
);

it("lets the oldest dead letter go at its limit", async () => {
  const outbox = memoryOutbox({ maxDeadLetters: 2 });
  await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
  const { parcels } = await outbox.take("d", 3);
  await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason: "expired", detail: "" })));
  expect((await outbox.deadLetters()).map(({ id }) => id)).toEqual(["2", "3"]);
});

it("names a wrong option", () => {
  expect(() => memoryOutbox({ maxParcel: 1 } as never)).toThrow(
    /memoryOutbox: maxParcel is unknown, accepted is maxParcels/,
  );
  expect(() => memoryOutbox({ maxParcels: 0 })).toThrow(/maxParcels/);
  expect(() => memoryOutbox({ maxParcels: "many" as never })).toThrow(
    /maxParcels is a text that does not fit, accepted is a whole number from 1/,
  );
});
