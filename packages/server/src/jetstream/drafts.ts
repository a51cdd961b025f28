import { BeaconryError } from "@beaconry/core";
import type { AddedParcel } from "../outbox/added-parcel.js";
import type { WaitingStream } from "./names.js";
import { sizeOfPacket, toRecord } from "./packet.js";
import { type Filling, fits } from "./packing.js";
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
 * @param largest message that the servers take, bytes
 */
export function createDrafts(now: number, largest = Number.POSITIVE_INFINITY): Drafts {
  const drafts: Draft[] = [];
  /** That may take more, by destination. */
  const open = { new: new Map<string, Draft>(), later: new Map<string, Draft>() };

  return {
    add(parcel) {
      const { destination, history = { attempts: 0, dueAt: 0 } } = parcel;
      const record = toRecord({ parcel, ...history });
      const size = sizeOfPacket(destination, record.size);
      if (size > largest) return tooLarge(size, largest);
      const stream = parcel.history ? "later" : "new";
      let draft = open[stream].get(destination);
      if (!draft || !fits(draft, record, history.dueAt, now)) {
        draft = createDraft(stream, destination, history.dueAt);
        open[stream].set(destination, draft);
        drafts.push(draft);
      }
      draft.parcels.push(parcel);
      draft.records.push(record);
      draft.bytes += record.size;
      return draft;
    },
    removeLast(draft) {
      draft.parcels.pop();
      draft.bytes -= draft.records.pop()?.size ?? 0;
    },
    all: () => drafts.filter(({ parcels }) => parcels.length > 0),
  };
}

function createDraft(stream: WaitingStream, destination: string, dueAt: number): Draft {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for it hears of it; where nobody does, nothing is wrong.
  promise.catch(() => undefined);
  const mark = { addedAt: 0, arrival: promise };
  return { stream, destination, dueAt, parcels: [], records: [], bytes: 0, mark, isDuplicate: false, resolve, reject };
}

function tooLarge(size: number, largest: number): BeaconryError {
  const words = `an event of ${size} bytes is larger than the NATS servers take: max_payload there is ${largest}`;
  return new BeaconryError("outbox_failed", words);
}
