import type { WaitingParcel } from "./movable-outbox.js";
import type { Parcel } from "./outbox.js";

/** What a parcel went through in another outbox. */
export type ParcelHistory = Pick<WaitingParcel, "attempts" | "dueAt">;

/** A parcel to be kept, with its history where it waited elsewhere before. */
export type AddedParcel = Parcel & { readonly history?: ParcelHistory };

/** A parcel of another outbox, to be kept as it is. One that was never taken is as good as new. */
export function toAdded({ key, attempts, dueAt, ...parcel }: WaitingParcel): AddedParcel {
  return attempts > 0 || dueAt > 0 ? { ...parcel, history: { attempts, dueAt } } : parcel;
}
