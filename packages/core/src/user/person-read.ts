import type { Issue } from "../issue.js";
import type { MatchKeys } from "./hash-user-data.js";

/** What could be read of a person's data at once, and how the rest is. */
export interface PersonRead {
  readonly matchKeys: MatchKeys;
  readonly issues: readonly Issue[];
  /**
   * Loads what reads the rest, and calls back with all that is readable then; perhaps several times. Never rejects
   * unless `found` throws.
   */
  readonly rest?: (found: (matchKeys: MatchKeys, issues: readonly Issue[]) => void) => Promise<void>;
}
