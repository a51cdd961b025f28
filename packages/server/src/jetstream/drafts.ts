import { BeaconryError } from "@beaconry/core";
import type { AddedParcel } from "../outbox/added-parcel.js";
import type { WaitingStream } from "./names.js";
import { toRecord } from "./packet.js";
import { bytesOf, type Filling, fits, isTooLarge, lengthOf } from "./packing.js";
import type { Mark } from "./seen.js";

/** A message in the making: parcels of one destination that were added at the same time. */
export interface Draft extends Filling, Omit<PromiseWithResolvers<void>, "promise"> {
  readonly stream: WaitingStream;
  readonly destination: string;
  readonly parcels: AddedParcel[];
  /** Of all its parcels. Its arrival is what `resolve` and `reject` are about. */
  readonly mark: Mark & { arrival?: Promise<void> };
  /** The servers had it already. */
  isDuplicate: boolean;
}

/** The messages of one group. */
export interface Drafts {
  /** Puts a parcel into a message; or says why no message can hold it. */
  add(parcel: AddedParcel): Draft | BeaconryError;
  /** Takes the parcel out that was put last into this message. */
  removeLast(draft: Draft): void;
  /** Those that hold something. */
  all(): readonly Draft[];
}

/**
 * @param now ms
 * @param maxPayload the largest message that the servers take, bytes
 */
export function createDrafts(now: number, maxPayload: number): Drafts {
  const drafts: Draft[] = [];
  /** That may take more, by destination. */
  const open = { new: new Map<string, Draft>(), later: new Map<string, Draft>() };

  return {
    add(parcel) {
      const { destination, history = { attempts: 0, dueAt: 0 } } = parcel;
      const record = toRecord({ parcel, ...history });
      if (isTooLarge(record, maxPayload)) return tooLarge(bytesOf(record), maxPayload);
      const stream = parcel.history ? "later" : "new";
      let draft = open[stream].get(destination);
      if (!draft || !fits(draft, record, history.dueAt, now, maxPayload)) {
        draft = createDraft(stream, destination, history.dueAt);
        open[stream].set(destination, draft);
        drafts.push(draft);
      }
      draft.parcels.push(parcel);
      draft.records.push(record);
      draft.length += lengthOf(record);
      return draft;
    },
    removeLast(draft) {
      draft.parcels.pop();
      const record = draft.records.pop();
      if (record) draft.length -= lengthOf(record);
    },
    all: () => drafts.filter(({ parcels }) => parcels.length > 0),
  };
}

function createDraft(stream: WaitingStream, destination: string, dueAt: number): Draft {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for it hears of it; where nobody does, nothing is wrong.
  promise.catch(() => undefined);
  const mark = { addedAt: 0, arrival: promise };
  return { stream, destination, dueAt, parcels: [], records: [], length: 0, mark, isDuplicate: false, resolve, reject };
}

function tooLarge(size: number, maxPayload: number): BeaconryError {
  const words = `an event of ${size} bytes is larger than the NATS servers take: max_payload there is ${maxPayload}`;
  return new BeaconryError("outbox_failed", words);
}
