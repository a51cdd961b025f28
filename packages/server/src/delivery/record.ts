import type { DeadReason } from "../outbox/outbox.js";
import type { Answered } from "./ask.js";

/** Takes note of what the delivery to one destination does. */
export interface DeliveryRecord {
  delivered(parcels: number): void;
  retried(parcels: number): void;
  dead(parcels: number, reason: DeadReason): void;
  /** Sends one request of so many parcels, and looks on. */
  request(parcels: number, send: () => Promise<Answered>): Promise<Answered>;
}
