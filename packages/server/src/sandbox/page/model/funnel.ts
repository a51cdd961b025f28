import { type StandardEvent, type StandardEventName, standardEvents } from "@beaconry/core";
import { stageOf } from "@beaconry/core/funnel";
import { stageNames } from "../../../stage-names.js";
import type { EventRow, Row } from "./row.js";
import type { RowObserver } from "./rows.js";

interface Step {
  readonly label: string;
  /** The stage of the marketing funnel that it belongs to. Awareness shows before a visit, loyalty only over people. */
  readonly stage: string;
  /** Names on the wire, web's and app's. */
  readonly names: readonly string[];
}

/** A step by the event that makes it, of core's table, and the others that stand for the same. */
function step(label: string, event: StandardEventName, ...others: readonly string[]): Step {
  const rows: Readonly<Record<string, StandardEvent>> = standardEvents;
  const names = [event, ...others].flatMap((name) => {
    const { tiktok, tiktokApp, meta, metaApp } = rows[name] ?? {};
    return [name, tiktok, tiktokApp, meta, metaApp].filter((known) => known !== undefined);
  });
  const stage = stageOf({ name: event });
  return { label, stage: stage ? stageNames[stage] : "", names };
}

const steps: readonly Step[] = [
  step("Visit", "PageView", "ActivateApp"),
  step("View content", "ViewContent"),
  step("Add to cart", "AddToCart"),
  step("Checkout", "InitiateCheckout"),
  // TikTok's old name for it is still sent.
  step("Purchase", "Purchase", "CompletePayment"),
];

const stepOf = new Map(steps.flatMap(({ names }, index) => names.map((name) => [name, index] as const)));
const LAST = steps.length - 1;
/** Amounts are summed as whole ten-thousandths, so that what is added and taken away again leaves nothing. */
const UNITS = 10_000;

interface Seen {
  rows: number;
  readonly amount: number;
  readonly currency: string;
}

export interface FunnelStep extends Step {
  readonly count: number;
  /** The part of the step before that did not come here, 0 to 1; undefined for the first and where it can not be said. */
  readonly dropOff: number | undefined;
}

/** Events of each step: those of one id once, whatever vendor and side they came by; those without an id each. */
export class Funnel implements RowObserver {
  readonly #counts = steps.map(() => 0);
  readonly #seen = new Map<string, Seen>();
  readonly #revenue = new Map<string, number>();

  add(row: Row): void {
    const step = row.kind === "event" ? stepOf.get(row.name) : undefined;
    if (row.kind === "request" || step === undefined) return;
    const key = keyOf(row, step);
    const seen = this.#seen.get(key);
    if (seen) {
      seen.rows += 1;
      return;
    }
    const { amount, currency } = step === LAST ? worthOf(row) : { amount: 0, currency: "" };
    this.#seen.set(key, { rows: 1, amount, currency });
    this.#count(step, currency, amount, 1);
  }

  remove(row: Row): void {
    const step = row.kind === "event" ? stepOf.get(row.name) : undefined;
    if (row.kind === "request" || step === undefined) return;
    const key = keyOf(row, step);
    const seen = this.#seen.get(key);
    if (!seen) return;
    seen.rows -= 1;
    if (seen.rows > 0) return;
    this.#seen.delete(key);
    this.#count(step, seen.currency, -seen.amount, -1);
  }

  steps(): readonly FunnelStep[] {
    return steps.map((step, index) => {
      const count = this.#counts[index] ?? 0;
      const before = this.#counts[index - 1] ?? 0;
      return { ...step, count, dropOff: before > 0 && count <= before ? 1 - count / before : undefined };
    });
  }

  /** By currency; "" for purchases that named none. */
  revenue(): readonly { readonly currency: string; readonly amount: number }[] {
    return [...this.#revenue]
      .filter(([, amount]) => amount !== 0)
      .map(([currency, amount]) => ({ currency, amount: amount / UNITS }))
      .sort((a, b) => b.amount - a.amount);
  }

  #count(step: number, currency: string, amount: number, times: number): void {
    this.#counts[step] = (this.#counts[step] ?? 0) + times;
    if (amount === 0) return;
    const sum = (this.#revenue.get(currency) ?? 0) + amount;
    if (sum === 0) this.#revenue.delete(currency);
    else this.#revenue.set(currency, sum);
  }
}

/** An event without an id is known by its place only. */
function keyOf({ id, order }: EventRow, step: number): string {
  return id === undefined ? `${step}\n#${order}` : `${step}\n${id}`;
}

function worthOf({ copies }: EventRow) {
  const copy = copies.find(({ value }) => value !== undefined);
  return { amount: Math.round((copy?.value ?? 0) * UNITS), currency: copy?.currency ?? "" };
}
