import type { DatabaseSync } from "node:sqlite";
import type { Settlement } from "../../outbox/outbox.js";
import { isDiskFull } from "../store-error.js";
import type { Counts } from "./counts.js";
import type { StoredLetters } from "./letters.js";
import type { Transact } from "./transact.js";

/** What {@link createSettle} works with. */
export interface SettleParts {
  readonly database: DatabaseSync;
  readonly transact: Transact;
  readonly counts: Counts;
  readonly letters: Pick<StoredLetters, "bury" | "trim">;
}

/** Settles parcels in one transaction; where the disk has no room for that, in several. */
export function createSettle({ database, transact, counts, letters }: SettleParts) {
  const postpone = database.prepare("UPDATE parcels SET due_at = ?, attempts = attempts + ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM parcels WHERE id = ? RETURNING destination, record");

  function writeOutcomes(settlements: readonly Settlement[], now: number): void {
    transact(() => {
      let died = false;
      for (const settlement of settlements) {
        const id = Number(settlement.key);
        if (settlement.outcome === "retry") {
          // 0 is for parcels never taken.
          postpone.run(Math.max(settlement.at, 1), settlement.counted ? 1 : 0, id);
          continue;
        }
        const row = remove.get(id);
        if (!row) continue;
        const destination = String(row.destination);
        counts.add("waiting", destination, -1);
        if (settlement.outcome === "dead") {
          letters.bury(destination, String(row.record), settlement, now);
          died = true;
        }
      }
      if (died) letters.trim();
    });
  }

  return function settle(settlements: readonly Settlement[], now: number): void {
    try {
      writeOutcomes(settlements, now);
    } catch (error) {
      const half = settlements.length >> 1;
      if (half === 0 || !isDiskFull(error)) throw error;
      settle(settlements.slice(0, half), now);
      settle(settlements.slice(half), now);
    }
  };
}
