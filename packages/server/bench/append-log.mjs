import { closeSync, fdatasync, openSync, write } from "node:fs";
import { promisify } from "node:util";

const writeTo = promisify(write);
const syncTo = promisify(fdatasync);

/**
 * The least that keeps parcels on disk: lines of JSON appended to a file, and one fdatasync for all that came while the
 * last one ran. It recognises no duplicate, gives nothing back, and never gets smaller.
 */
export function appendLog({ path }) {
  const file = openSync(path, "a", 0o600);
  let pending = [];
  let writing = false;

  async function commit() {
    writing = true;
    while (pending.length > 0) {
      const group = pending;
      pending = [];
      let lines = "";
      for (const { parcels } of group) for (const parcel of parcels) lines += `${JSON.stringify(parcel)}\n`;
      await writeTo(file, Buffer.from(lines));
      await syncTo(file);
      for (const { resolve } of group) resolve();
    }
    writing = false;
  }

  return {
    add(parcels) {
      return new Promise((resolve) => {
        pending.push({ parcels, resolve });
        if (!writing) {
          writing = true;
          setImmediate(commit);
        }
      });
    },
    async close() {
      closeSync(file);
    },
  };
}
