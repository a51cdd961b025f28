import type { Parcel } from "../../src/outbox/outbox.js";

/** A parcel of one destination. */
export function parcel(id: string, change: Partial<Parcel> = {}): Parcel {
  return {
    destination: "d",
    name: "Purchase",
    id,
    time: 0,
    expiresAt: 1e15,
    group: "",
    body: `{"id":"${id}"}`,
    ...change,
  };
}
