import type { Query } from "./database.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";
import type { Times } from "./times.js";

/** So often at most there is tending, ms. */
const interval = 1_000;
/** Keys that one step forgets. */
const keyStep = 2_000;

/** What a tender works with. */
export interface TenderParts {
  readonly query: Query;
  readonly statements: Statements;
  readonly settings: Settings;
  readonly times: Times;
}

/**
 * Keeps the tables small, in small steps while the outbox is in use: forgets keys that are past the window, at twice the
 * rate at which they come, and sums counts up.
 */
export function createTender({ query, statements, settings, times }: TenderParts) {
  let running: Promise<void> | undefined;
  let tendedAt = Number.NEGATIVE_INFINITY;
  let added = 0;

  async function tend(): Promise<void> {
    const keys = 2 * added + keyStep;
    added = 0;
    await query(statements.sumCounts);
    for (let looked = 0; looked < keys; looked += keyStep) {
      const [row] = await query(statements.forget, [times.stamp(), settings.deduplicationWindow, keyStep]);
      if (Number(row?.number) < keyStep) return;
    }
  }

  return {
    /** Something was written: so many parcels were added. */
    used(count: number): void {
      added += count;
      if (running || performance.now() - tendedAt < interval) return;
      tendedAt = performance.now();
      // What does not succeed is for the next time.
      running = tend()
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        });
    },
    /** Resolves when nothing is under way. */
    rested: async () => running,
  };
}
