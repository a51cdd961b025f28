import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { createSeenIndex } from "./seen-index.js";

/** Bytes of an entry: a key, and the id of its parcel as a float64. */
const keySize = 16;
const entrySize = keySize + 8;
/** Most entries of a row. */
const rowEntries = 500;

/** A parcel's key and id. */
export interface SeenKey {
  /** 16 bytes as latin1 text. */
  readonly key: string;
  readonly parcelId: number;
}

/** What was added within the deduplication window, or waits still. Every method runs inside a transaction. */
export interface SeenKeys {
  /** Learns what was added and forgotten since, by this process or another: before anything else in a transaction. */
  catchUp(): void;
  /** Whether the key is a duplicate now. */
  has(key: string, now: number): boolean;
  /** Whether a parcel of this key waits. */
  waits(key: string): boolean;
  add(keys: readonly SeenKey[], now: number): void;
  /** Forgets, in a small step, what is past its time. */
  prune(now: number): void;
}

/** 16 bytes of the SHA-256, as latin1 text: keys stay short, and tell nothing of ids such as order numbers. */
export function hashKey(text: string): string {
  return hash("sha256", text, "binary").slice(0, keySize);
}

/**
 * @param window how long a key counts, ms
 * @param isWaiting whether the parcel of this id waits still
 */
export function createSeenKeys(
  database: DatabaseSync,
  window: number,
  isWaiting: (parcelId: number) => boolean,
): SeenKeys {
  const since = database.prepare("SELECT id, keys FROM seen WHERE id > ? ORDER BY id");
  const row = database.prepare("SELECT added_at, keys FROM seen WHERE id = ?");
  const first = database.prepare("SELECT min(id) AS id FROM seen");
  const oldest = database.prepare("SELECT id, added_at, look_at, keys FROM seen ORDER BY id LIMIT 1");
  const insert = database.prepare("INSERT INTO seen (added_at, look_at, keys) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM seen WHERE id = ?");
  const index = createSeenIndex();
  let lastRow = 0;

  function catchUp(): void {
    // Only now, of what was pruned before: that transaction may have failed, or been another process's.
    index.forgetBefore(Number(first.get()?.id ?? lastRow + 1));
    for (const { id, keys } of since.iterate(lastRow)) {
      lastRow = Number(id);
      const data = toBuffer(keys);
      for (let at = 0; at < data.length; at += entrySize) index.put(data.readUInt32LE(at), lastRow);
    }
  }

  /** Whether an entry of the key fits, the newest first. Most keys have none, as the index knows. */
  function some(key: string, fits: (parcelId: number, addedAt: number) => boolean): boolean {
    for (const id of index.rowsOf(markOf(key))) {
      const found = row.get(id);
      if (!found) continue;
      const data = toBuffer(found.keys);
      const at = findEntry(data, key);
      if (at >= 0 && fits(data.readDoubleLE(at + keySize), Number(found.added_at))) return true;
    }
    return false;
  }

  function insertRow(keys: readonly SeenKey[], addedAt: number, lookAt: number): void {
    // Not put into the index yet: the transaction may fail. The next one catches up.
    insert.run(addedAt, lookAt, pack(keys));
  }

  return {
    catchUp,
    // A time further ahead than the window was written before the clock was set back.
    has: (key, now) => some(key, (parcelId, addedAt) => Math.abs(now - addedAt) < window || isWaiting(parcelId)),
    waits: (key) => some(key, isWaiting),
    add(keys, now) {
      for (let at = 0; at < keys.length; at += rowEntries) {
        insertRow(keys.slice(at, at + rowEntries), now, now + window);
      }
    },
    prune(now) {
      // Two, since a commit adds about one.
      for (let step = 0; step < 2; step++) {
        const old = oldest.get();
        if (!old || isBetween(Number(old.look_at), now, now + 2 * window)) break;
        remove.run(Number(old.id));
        const left = unpack(old.keys).filter(({ parcelId }) => isWaiting(parcelId));
        if (left.length > 0) insertRow(left, Number(old.added_at), now + window);
      }
    },
  };
}

function pack(keys: readonly SeenKey[]): Buffer {
  const data = Buffer.allocUnsafe(keys.length * entrySize);
  let at = 0;
  for (const { key, parcelId } of keys) {
    // So few bytes cost less one by one than a call of `write`.
    for (let index = 0; index < keySize; index++) data[at + index] = key.charCodeAt(index);
    data.writeDoubleLE(parcelId, at + keySize);
    at += entrySize;
  }
  return data;
}

function unpack(column: unknown): SeenKey[] {
  const data = toBuffer(column);
  return Array.from({ length: data.length / entrySize }, (_, index) => ({
    key: data.toString("latin1", index * entrySize, index * entrySize + keySize),
    parcelId: data.readDoubleLE(index * entrySize + keySize),
  }));
}

function isBetween(time: number, after: number, before: number): boolean {
  return time > after && time < before;
}

function findEntry(data: Buffer, key: string): number {
  let at = data.indexOf(key, 0, "latin1");
  while (at >= 0 && at % entrySize !== 0) at = data.indexOf(key, at + 1, "latin1");
  return at;
}

/** The first 32 bits, as `readUInt32LE` gives them. */
function markOf(key: string): number {
  const at = (index: number) => key.charCodeAt(index) << (8 * index);
  return (at(0) | at(1) | at(2) | at(3)) >>> 0;
}

function toBuffer(column: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = column as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}
