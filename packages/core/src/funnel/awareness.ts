import { funnelStages } from "./stages.js";

const week = 7 * 86_400_000;
const weeks = 4;
const leastViews = 2;

/**
 * Whether someone is aware of the brand: saw its ads two or three times in each of the last four weeks, or more often.
 * TikTok for Business, "About the marketing funnel".
 *
 * @param views when the ads were seen: Unix times, ms, in any order
 * @param now Unix time, ms
 */
export function isAware(views: Iterable<number>, now: number): boolean {
  const counts = new Array<number>(weeks).fill(0);
  for (const time of views) {
    const index = Math.floor((now - time) / week);
    if (counts[index] !== undefined) counts[index]++;
  }
  return counts.every((count) => count >= leastViews);
}

/** Of an advertising budget, what TikTok advises to spend on awareness: the least and the most. */
export function awarenessBudget(budget: number): { readonly least: number; readonly most: number } {
  const [least, most] = funnelStages.awareness.budgetShare;
  return { least: budget * least, most: budget * most };
}
