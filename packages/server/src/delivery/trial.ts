import { attemptsOf, type Batch } from "./batches.js";
import type { Suspects } from "./suspects.js";

/** Who tries is chosen among so many parcels at least. */
const fewest = 100;

/**
 * Among how many parcels it is chosen who tries whether a limit or an outage is over: as many more at each further trial, up
 * to ten times as many, since what comes back is given first, and could be nothing but what fails.
 * @param maxBatch of the destination
 * @param trials this one included
 */
export function mostToTry(maxBatch: number, trials: number): number {
  return Math.max(maxBatch, fewest) * Math.min(trials, 10);
}

/** What failed least, and by chance: where some can not get through, others have to have their turn. */
export function chooseToTry(batches: readonly Batch[], suspects: Suspects, random: () => number): Batch | undefined {
  const free = batches.filter(({ group }) => suspects.wait(group) === 0);
  const unsuspected = free.filter(({ group }) => !suspects.has(group));
  const [first, ...others] = unsuspected.length > 0 ? unsuspected : free;
  const alike = first ? [first, ...others.filter((batch) => attemptsOf(batch) === attemptsOf(first))] : [];
  return alike[Math.min(Math.floor(random() * alike.length), alike.length - 1)];
}
