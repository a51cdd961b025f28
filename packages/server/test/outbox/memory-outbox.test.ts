import { expect, it } from "vitest";
import { memoryOutbox } from "../../src/index.js";
import { describeOutbox, limits } from "./contract.js";

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
