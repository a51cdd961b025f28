import type { LeasedParcel, Settlement } from "../outbox/outbox.js";
import type { Judged } from "./judge.js";
import type { TrackerNews } from "./news.js";
import type { DeliveryRecord } from "./record.js";

/** Tells one kind of news. */
export type Emit = <Kind extends keyof TrackerNews>(kind: Kind, news: TrackerNews[Kind]) => void;

/** Counts what became of parcels, and tells of each, once the outbox has it. */
export function report(
  { parcels, settlements, detail }: Judged,
  destination: string,
  record: DeliveryRecord,
  emit: Emit,
): void {
  let delivered = 0;
  let retried = 0;
  for (let index = 0; index < settlements.length; index++) {
    const settlement = settlements[index] as Settlement;
    const { name, id } = parcels[index] as LeasedParcel;
    const news = { destination, name, id };
    if (settlement.outcome === "delivered") {
      delivered++;
      emit("delivered", news);
    } else if (settlement.outcome === "dead") {
      record.dead(1, settlement.reason);
      emit("dead", { ...news, reason: settlement.reason, detail: settlement.detail });
    } else if (detail !== undefined) {
      retried++;
      emit("retrying", { ...news, at: settlement.at, detail });
    }
  }
  if (delivered > 0) record.delivered(delivered);
  if (retried > 0) record.retried(retried);
}
