import type { FunnelReport, Money } from "@beaconry/core/funnel";

/** A number with its thousands apart. */
export const count = (number: number) => number.toLocaleString("en-US");

/** A share, in percent. */
export const percent = (share: number | undefined) => (share === undefined ? "–" : `${(share * 100).toFixed(1)} %`);

/** Amounts, each with its currency. */
export function money(amounts: Money): string {
  const texts = Object.entries(amounts).map(
    ([currency, amount]) =>
      `${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`,
  );
  return texts.join(", ") || "–";
}

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** A duration in its largest fitting unit. @param time ms */
export function duration(time: number): string {
  const [size, unit] = units.find(([least]) => time >= least) ?? [1_000, "s"];
  return `${(time / size).toFixed(1)} ${unit}`;
}

/** The days that a report is about. */
export function days({ window: { from, to } }: FunnelReport): string {
  const date = (time: number) => new Date(time).toISOString().slice(0, 10);
  return `${date(from)} to ${date(to)}`;
}
