import type { DatabaseSync } from "node:sqlite";
import { longestWait } from "../../outbox/longest-wait.js";
import type { WaitingParcel } from "../../outbox/movable-outbox.js";
import type { LeasedParcel, Taken } from "../../outbox/outbox.js";
import { toParcel } from "../../outbox/record.js";
import { isDiskFull } from "../store-error.js";
import type { Disk } from "./disk.js";
import type { Row, StoredParcels } from "./parcels.js";
import type { Transact } from "./transact.js";

/** What {@link createTaker} works with. */
export interface TakerParts {
  readonly database: DatabaseSync;
  readonly transact: Transact;
  readonly parcels: StoredParcels;
  readonly disk: Disk;
  /** ms */
  readonly lease: number;
}

/** Gives parcels out. */
export interface Taker {
  take(destination: string, most: number, now: number): Taken;
  /** Due or not, held or not. */
  takeAll(destination: string, most: number, now: number): readonly WaitingParcel[];
}

/** Leases rows, and unpacks segments as long as there are too few. */
export function createTaker({ database, transact, parcels, disk, lease }: TakerParts): Taker {
  const columns = "id, due_at, attempts, record";
  const horizon = Math.max(longestWait, lease);
  const due = database.prepare(
    `SELECT ${columns} FROM parcels WHERE destination = ? AND due_at > 0 AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
  );
  const stranded = database.prepare(
    `SELECT ${columns} FROM parcels WHERE destination = ? AND due_at > ? ORDER BY due_at, id LIMIT ?`,
  );
  const fresh = database.prepare(
    `SELECT ${columns} FROM parcels WHERE destination = ? AND due_at = 0 ORDER BY id LIMIT ?`,
  );
  const any = database.prepare(`SELECT ${columns} FROM parcels WHERE destination = ? ORDER BY due_at, id LIMIT ?`);
  const nextDue = database.prepare("SELECT due_at FROM parcels WHERE destination = ? ORDER BY due_at LIMIT 1");
  const hold = database.prepare("UPDATE parcels SET due_at = ? WHERE id = ?");

  /** On a full disk, what is unpacked goes out first. */
  const mayUnpack = (destination: string) => disk.mayUnpack() || firstDueAt(destination) === undefined;

  function nextDueAt(destination: string, now: number, unpacks: boolean): number | undefined {
    if (fresh.get(destination, 1) || (unpacks && parcels.hasSegment(destination))) return now;
    if (stranded.get(destination, now + horizon, 1)) return now;
    const next = firstDueAt(destination);
    return next && Math.max(next, now);
  }

  function firstDueAt(destination: string): number | undefined {
    const first = nextDue.get(destination);
    return first && Number(first.due_at);
  }

  function leaseDue(destination: string, most: number, now: number): Taken {
    const unpacks = mayUnpack(destination);
    // Mostly there is nothing to take: that needs no lock.
    const dueAt = nextDueAt(destination, now, unpacks);
    if (dueAt !== now) return { parcels: [], nextDueAt: dueAt };
    return transact(() => {
      const leased: LeasedParcel[] = [];
      const leaseAll = (rows: readonly Row[]) => {
        for (const row of rows) {
          hold.run(now + lease, Number(row.id));
          leased.push(toLeased(destination, row));
        }
      };
      leaseAll(stranded.all(destination, now + horizon, most));
      leaseAll(due.all(destination, now, most - leased.length));
      while (leased.length < most) {
        const rows = fresh.all(destination, most - leased.length);
        leaseAll(rows);
        if (rows.length === 0 && !(unpacks && parcels.unpackNext(destination))) break;
      }
      return { parcels: leased, nextDueAt: nextDueAt(destination, now, unpacks) };
    });
  }

  function leaseAny(destination: string, most: number, now: number): readonly WaitingParcel[] {
    return transact(() => {
      const leased: WaitingParcel[] = [];
      let rows = any.all(destination, most);
      while (rows.length > 0 || (leased.length < most && parcels.unpackNext(destination))) {
        for (const row of rows) {
          hold.run(now + lease, Number(row.id));
          leased.push({ ...toLeased(destination, row), dueAt: Number(row.due_at) });
        }
        rows = fresh.all(destination, most - leased.length);
      }
      return leased;
    });
  }

  return {
    take: (destination, most, now) => fewerIfFull(most, (count) => leaseDue(destination, count, now)),
    takeAll: (destination, most, now) => fewerIfFull(most, (count) => leaseAny(destination, count, now)),
  };
}

/** Each row may lie on a page of its own, and every page that changes goes into the log: fewer find room. */
function fewerIfFull<Result>(most: number, lease: (most: number) => Result): Result {
  try {
    return lease(most);
  } catch (error) {
    if (most > 1 && isDiskFull(error)) return fewerIfFull(most >> 1, lease);
    throw error;
  }
}

function toLeased(destination: string, row: Row): LeasedParcel {
  return { ...toParcel(destination, String(row.record)), key: String(row.id), attempts: Number(row.attempts) };
}
