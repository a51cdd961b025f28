import type { Outbox } from "../outbox/outbox.js";

/** How long an outbox may take to say what waits, ms. */
const patience = 1_000;

/**
 * What waits in the outbox, of one destination or of all.
 * @param known what to say where the outbox does not answer in time
 */
export async function countPending(
  outbox: Pick<Outbox, "waiting">,
  known: number,
  destination?: string,
): Promise<number> {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, patience);
  const waiting = await Promise.race([outbox.waiting(destination).catch(() => undefined), timer.promise]);
  clearTimeout(handle);
  return typeof waiting === "number" ? waiting : known;
}
