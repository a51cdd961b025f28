import type { WaitingParcel } from "../outbox/movable-outbox.js";
import type { Taken } from "../outbox/outbox.js";
import type { Query, Row } from "./database.js";
import { toKey } from "./parcel-key.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";
import { fromStored, splitRecords } from "./stored-record.js";
import type { Times } from "./times.js";

/** What a taker works with. */
export interface TakerParts {
  readonly query: Query;
  readonly statements: Statements;
  readonly settings: Settings;
  readonly times: Times;
  /** The number of this outbox among all that ever were on these tables. */
  readonly taker: string;
  /** Makes segments of what transactions of others put in. */
  readonly bringIn: () => Promise<void>;
}

/** Gives parcels out. */
export interface Taker {
  take(destination: string, most: number): Promise<Taken>;
  /** Due or not, held or not. */
  takeAll(destination: string, most: number): Promise<readonly WaitingParcel[]>;
}

export function createTaker({ query, statements, settings, times, taker, bringIn }: TakerParts): Taker {
  const { lease } = settings;

  async function leaseSegments(destination: string, most: number, all: boolean) {
    for (let broughtIn = false; ; ) {
      const values = [times.stamp(), destination, most, lease, taker, all, broughtIn];
      const rows = await query(statements.take, values);
      const [state] = rows;
      if (state?.arrived) {
        // Once is enough: whoever puts in without end must not keep back what is there.
        await bringIn();
        broughtIn = true;
      } else if (state?.too_large) await query(statements.split, [`{${state.too_large}}`]);
      else return { state, segments: rows.filter(({ id }) => id !== null) };
    }
  }

  function* parcelsOf(destination: string, { id, due_at, attempts, records }: Row): Generator<WaitingParcel> {
    for (const [place, record] of splitRecords(String(records)).entries()) {
      if (record === "") continue;
      const key = toKey(Number(id) + place, taker);
      yield { ...fromStored(destination, record), key, attempts: Number(attempts), dueAt: Number(due_at) };
    }
  }

  return {
    async take(destination, most) {
      const { state, segments } = await leaseSegments(destination, most, false);
      const parcels = segments.flatMap((segment) =>
        Array.from(parcelsOf(destination, segment), ({ dueAt, ...parcel }) => parcel),
      );
      const pausedFor = state?.paused_for ?? undefined;
      const nextIn = state?.next_in ?? undefined;
      return {
        parcels,
        ...(nextIn !== undefined && { nextDueAt: times.local() + Number(nextIn) }),
        ...(pausedFor !== undefined && { pausedUntil: times.local() + Number(pausedFor) }),
      };
    },
    async takeAll(destination, most) {
      const { segments } = await leaseSegments(destination, most, true);
      return segments.flatMap((segment) => [...parcelsOf(destination, segment)]);
    },
  };
}
