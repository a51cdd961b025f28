import { expect, it } from "vitest";
import { memoryOutbox } from "../../src/index.js";
import { describeOutbox, limits, window } from "./contract.js";
import { openOutbox } from "./outbox-file.js";
import { parcel } from "./parcel.js";

describeOutbox("memoryOutbox", (clock) => memoryOutbox({ ...limits, now: () => clock.time }));

it("names a wrong option", () => {
  expect(() => memoryOutbox({ maxParcel: 1 } as never)).toThrow(
    /memoryOutbox: maxParcel is unknown, accepted is maxParcels/,
  );
  expect(() => memoryOutbox({ maxParcels: 0 })).toThrow(/maxParcels/);
  expect(() => memoryOutbox({ maxParcels: "many" as never })).toThrow(
    /maxParcels is a text that does not fit, accepted is a whole number from 1/,
  );
});

it.each([
  ["memory", memoryOutbox],
  ["a file", openOutbox],
])("in %s, nothing is recognised for longer because the clock was set back", async (_, create) => {
  const clock = { time: 1_000_000_000 };
  const outbox = create({ deduplicationWindow: window, now: () => clock.time });
  await outbox.add([parcel("1")]);
  const { parcels } = await outbox.take("d", 1);
  await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
  clock.time -= 2 * window;
  expect(await outbox.add([parcel("1")])).toEqual(["added"]);
  expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
});
