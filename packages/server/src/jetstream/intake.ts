import { hash } from "node:crypto";
import { BeaconryError, isBeaconryError } from "@beaconry/core";
import type { AddedParcel } from "../outbox/added-parcel.js";
import { type AddOutcomes, createGroupCommit } from "../outbox/group-commit.js";
import { toOnceKey } from "../outbox/once-key.js";
import type { Census } from "./census.js";
import { createDrafts, type Draft, type Drafts } from "./drafts.js";
import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import { type Claim, claimOnce } from "./once.js";
import { pack } from "./packet.js";
import type { Identity, Place, Seen } from "./seen.js";

/** Puts parcels into the streams: those that are added at the same time go together. */
export interface Intake {
  add(parcels: readonly AddedParcel[]): Promise<AddOutcomes>;
  /** Resolves when nothing is on its way. */
  drained(): Promise<void>;
}

/** What an {@link Intake} works with. */
export interface IntakeParts {
  readonly engine: Engine;
  readonly names: Names;
  readonly census: Census;
  readonly seen: Seen;
  /** Whether the parcel that was put there waits still. */
  readonly waits: (place: Place, parcel: Identity) => Promise<boolean>;
  /** Parcels have come. */
  readonly onKept: () => void;
  /** Unix time, ms. */
  readonly now: () => number;
  /** How long the servers may take to answer, ms. */
  readonly timeout: number;
}

/** A parcel, and what was found out about it before. */
type Incoming = AddedParcel & { readonly isKnown?: boolean };

/** What became of the parcels of a call: drafts that hold them, and marks of the same parcels added by others. */
interface Staged {
  /** By position; none for a duplicate. */
  readonly own: readonly (Draft | undefined)[];
  readonly arrivals: Set<Promise<unknown> | undefined>;
}

/** Groups on their way at the same time. More of them are smaller, and as fast. */
const groupsUnderWay = 4;

/** Nothing is on its way yet. */
export function createIntake(parts: IntakeParts): Intake {
  const { engine, names, census, seen, waits, onKept, now, timeout } = parts;
  const publishing = new Set<Promise<unknown>>();
  /** Calls that were told that it took too long. */
  const late = new WeakSet<readonly Incoming[]>();
  const commits = createGroupCommit<Incoming>(commit, groupsUnderWay);
  let staging: Promise<unknown> = Promise.resolve();

  async function add(parcels: readonly AddedParcel[]): Promise<AddOutcomes> {
    const isPlain = !seen.hasOlder(now()) && parcels.every(({ once }) => once === undefined);
    return isPlain ? addInTime([...parcels]) : addAsking(parcels);
  }

  /** Rejects in time also behind others that wait for the servers. What was not sent by then is not sent any more. */
  function addInTime(call: readonly Incoming[]): Promise<AddOutcomes> {
    const { promise, resolve, reject } = Promise.withResolvers<AddOutcomes>();
    const timer = setTimeout(() => {
      late.add(call);
      reject(tooLate());
    }, 2 * timeout);
    commits.add(call).then(resolve, reject);
    const clear = () => clearTimeout(timer);
    promise.then(clear, clear);
    return promise;
  }

  /** Adds what the servers may have to be asked about before. */
  async function addAsking(parcels: readonly AddedParcel[]): Promise<AddOutcomes> {
    const asked: Incoming[] = [];
    const claims = new Map<string, Claim>();
    for (const parcel of parcels) asked.push({ ...parcel, isKnown: await isDuplicate(parcel, claims) });
    const claimed = [...claims.values()];
    try {
      const outcomes = await addInTime(asked);
      // They are in. A claim that could not be confirmed stands all the same, for this parcel.
      await Promise.all(claimed.map((claim) => claim.keep().catch(() => undefined)));
      return outcomes;
    } catch (error) {
      // Where nobody knows whether the parcel is in, only the same parcel may have another try.
      if (isBeaconryError(error) && error.code === "outbox_full") {
        await Promise.all(claimed.map((claim) => claim.release().catch(() => undefined)));
      }
      throw error;
    }
  }

  /** @param claims of texts of `once`, to which this may add one */
  async function isDuplicate(parcel: AddedParcel, claims: Map<string, Claim>): Promise<boolean> {
    const mark = seen.find(parcel);
    if (mark && seen.isCurrent(mark, now())) return false;
    if (mark?.place && (await waits(mark.place, parcel))) return true;
    if (parcel.once === undefined) return false;
    const text = toOnceKey(parcel.destination, parcel.once);
    if (claims.has(text)) return true;
    const claim = await claimOnce(engine, text, parcel);
    if (claim) claims.set(text, claim);
    return !claim;
  }

  /** Publishes the parcels of several calls. The room is counted for one group after the other. */
  async function commit(calls: readonly (readonly Incoming[])[]): Promise<readonly (AddOutcomes | BeaconryError)[]> {
    const staged = staging.then(() => makeRoomAndStage(calls));
    staging = staged.catch(() => undefined);
    return Promise.all((await staged).map(answer));
  }

  async function makeRoomAndStage(calls: readonly (readonly Incoming[])[]): Promise<(Staged | BeaconryError)[]> {
    if (calls.every((call) => late.has(call))) return calls.map(tooLate);
    await engine.run("connecting", async () => undefined);
    const asked = calls.reduce((sum, { length }) => sum + length, 0);
    let room = await census.room(asked, () => Promise.allSettled(publishing));
    const drafts = createDrafts(now(), engine.maxPayload);
    const staged = calls.map((parcels) => {
      const one = stage(parcels, room, drafts);
      if (!(one instanceof BeaconryError)) for (const draft of one.own) if (draft) room--;
      return one;
    });
    for (const draft of drafts.all()) void publish(draft);
    return staged;
  }

  /** Drafts messages for what is no duplicate; or says why there is no room, and has drafted nothing. */
  function stage(parcels: readonly Incoming[], room: number, drafts: Drafts): Staged | BeaconryError {
    if (late.has(parcels)) return tooLate();
    const time = now();
    const own: (Draft | undefined)[] = [];
    const arrivals = new Set<Promise<unknown> | undefined>();
    let count = 0;
    for (const parcel of parcels) {
      const mark = seen.find(parcel);
      if (parcel.isKnown || (mark && seen.isCurrent(mark, time))) {
        arrivals.add(mark?.arrival);
        own.push(undefined);
        continue;
      }
      const draft = count++ < room ? drafts.add(parcel) : full();
      if (draft instanceof BeaconryError) {
        takeBack(parcels, own, drafts);
        return draft;
      }
      seen.put(parcel, draft.mark);
      arrivals.add(draft.mark.arrival);
      own.push(draft);
    }
    return { own, arrivals };
  }

  function takeBack(parcels: readonly Incoming[], own: readonly (Draft | undefined)[], drafts: Drafts): void {
    for (const [at, draft] of [...own.entries()].reverse()) {
      const parcel = parcels[at];
      if (!draft || !parcel) continue;
      drafts.removeLast(draft);
      seen.remove(parcel);
    }
  }

  /** Ends with the parcels in, or with their marks taken back. */
  async function publish(draft: Draft): Promise<void> {
    const { stream, destination, parcels, records, dueAt, mark } = draft;
    const { length } = parcels;
    const { arrival } = mark;
    if (arrival) publishing.add(arrival);
    census.reserve(length);
    try {
      const subject = names.waiting(stream, destination, length);
      const data = pack(destination, records, { wait: Math.max(dueAt - now(), 0) });
      const { sequence, isDuplicate } = await engine.publish(subject, data, idOf(draft));
      census.release(length, !isDuplicate);
      draft.isDuplicate = isDuplicate;
      mark.place = { stream, sequence };
      mark.addedAt = now();
      seen.prune(length, mark.addedAt, census.last?.firstSequences);
      draft.resolve();
      onKept();
    } catch (error) {
      census.release(length, false);
      for (const parcel of parcels) seen.remove(parcel);
      draft.reject(error);
    }
    mark.arrival = undefined;
    if (arrival) publishing.delete(arrival);
  }

  return { add, drained: commits.drained };
}

async function answer(staged: Staged | BeaconryError): Promise<AddOutcomes | BeaconryError> {
  if (staged instanceof BeaconryError) return staged;
  try {
    await Promise.all(staged.arrivals);
    return staged.own.map((draft) => (draft && !draft.isDuplicate ? "added" : "duplicate"));
  } catch (error) {
    if (error instanceof BeaconryError) return error;
    throw error;
  }
}

function tooLate(): BeaconryError {
  return new BeaconryError("outbox_failed", "the NATS servers did not confirm in time: added again, it is recognised");
}

function full(): BeaconryError {
  return new BeaconryError("outbox_full", "the outbox holds as many parcels as it may");
}

/** The same for the same parcels: what is sent again, by whomever, is recognised. */
function idOf({ destination, parcels }: Draft): string {
  const texts = parcels.map(({ name, id }) => `${name.length} ${name}${id.length} ${id}`);
  return hash("sha256", `${destination}\n${texts.join("")}`, "base64url");
}
