import type { Engine } from "./engine.js";
import type { Names } from "./names.js";
import { type PackedParcel, pack, toRecord } from "./packet.js";
import { type Filling, fits, lengthOf } from "./packing.js";

/** What came into one message of those that come back. */
export interface Returned<Item> {
  readonly items: readonly Item[];
  /** Number of the message. */
  readonly sequence: number;
  /** When it is due, ms; 0 at once. */
  readonly dueAt: number;
}

/** A parcel that comes back. */
interface Returning {
  readonly packed: PackedParcel;
  /** When it came into the outbox, ms. */
  readonly since: number;
}

/**
 * Publishes parcels of one destination as messages that come back at their times. Where that fails for some of them the
 * others are in all the same; `error` is the first reason.
 */
export async function publishReturns<Item extends Returning>(
  { engine, names }: { readonly engine: Engine; readonly names: Names },
  destination: string,
  items: readonly Item[],
  now: number,
): Promise<{ returned: Returned<Item>[]; error?: unknown }> {
  const returned: Returned<Item>[] = [];
  let error: unknown;
  await Promise.all(
    group(items, now, engine.maxPayload).map(async ({ items, records, dueAt }) => {
      const since = Math.min(...items.map((item) => item.since));
      const data = pack(destination, records, { wait: Math.max(dueAt - now, 0), since });
      try {
        const subject = names.waiting("later", destination, items.length);
        const { sequence } = await engine.publish(subject, data, crypto.randomUUID());
        returned.push({ items, sequence, dueAt });
      } catch (fault) {
        error ??= fault;
      }
    }),
  );
  return { returned, error };
}

function group<Item extends Returning>(
  items: readonly Item[],
  now: number,
  maxPayload: number,
): (Filling & { items: Item[] })[] {
  const groups: (Filling & { items: Item[] })[] = [];
  for (const item of items.toSorted((a, b) => a.packed.dueAt - b.packed.dueAt)) {
    const { dueAt } = item.packed;
    const record = toRecord(item.packed);
    let last = groups.at(-1);
    if (!last || !fits(last, record, dueAt, now, maxPayload)) {
      last = { items: [], records: [], length: 0, dueAt };
      groups.push(last);
    }
    last.items.push(item);
    last.records.push(record);
    last.length += lengthOf(record);
  }
  return groups;
}
