import type { FunnelEvent, Money } from "./event.js";

/** Amounts by currency, added up. */
export type MoneySum = Record<string, number>;

/** Adds what an event was worth; without a value or a currency, nothing. */
export function addValue(sum: MoneySum, { value, currency }: Pick<FunnelEvent, "value" | "currency">): void {
  if (value === undefined || currency === undefined) return;
  sum[currency] = (sum[currency] ?? 0) + value;
}

/** Adds all amounts of `more` to `sum`. */
export function addMoney(sum: MoneySum, more: Money): void {
  for (const [currency, value] of Object.entries(more)) addValue(sum, { value, currency });
}

/** Rid of what adding decimal fractions leaves behind the sixth decimal place. */
export function rounded(sum: Money): Money {
  return Object.fromEntries(Object.entries(sum).map(([currency, value]) => [currency, Math.round(value * 1e6) / 1e6]));
}
