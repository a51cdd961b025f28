import type { FunnelStage } from "../catalog/standard-events.js";
import { checkOptions, group, listOf, numberFrom, type Rule, required, someText, textLike } from "../internal/rule.js";
import type { FunnelEvents } from "./event.js";
import { createJourney, type Journey, mergeJourneys, noteEvent } from "./journey.js";
import { computeMetric, type FunnelFigures } from "./metrics.js";
import { orderEvents } from "./order-events.js";
import { createPeople } from "./people.js";
import { type LeftOut, readEvents } from "./read-events.js";
import { reportStages, type StageReport, type Transition } from "./stage-reports.js";
import { countFigures, type OrderTotals, totalOrders } from "./totals.js";

/** Options of {@link funnelReport}. */
export interface FunnelReportOptions {
  /** What the report is about: from `from` on, before `to`; Unix times, ms. Earlier events tell who bought before. */
  window: { from: number; to: number };
  /** What was spent on advertising in the window, for what it brought in the same currency. */
  spend?: { amount: number; currency: string };
  /** What only reports of vendors and partners know, for the metrics: impressions, reach, a survey's results. */
  figures?: FunnelFigures;
  /** Events that are orders with a revenue. Default: `Purchase` and `Subscribe`. */
  orders?: readonly string[];
}

/** Buyers of one kind. */
export interface BuyerReport extends OrderTotals {
  readonly people: number;
}

/** What {@link funnelReport} gives. */
export interface FunnelReport extends OrderTotals {
  readonly window: { readonly from: number; readonly to: number };
  /** Events in the window that count. */
  readonly events: number;
  /** People seen in the window. */
  readonly people: number;
  /** Events in the window without identifiers: in the revenue, and with no person. */
  readonly anonymous: number;
  /** Events left out: copies, those that are none, and those after the window. */
  readonly leftOut: LeftOut & { readonly after: number };
  readonly stages: Readonly<Record<FunnelStage, StageReport>>;
  /** In the order of the stages. */
  readonly transitions: readonly Transition[];
  /** Buyers whose first order known lies in the window, and those who had ordered before. */
  readonly buyers: { readonly new: BuyerReport; readonly returning: BuyerReport };
  /** Revenue in the currency of `spend` for each unit spent; absent without spend. */
  readonly roas?: number;
}

const amount = numberFrom(0, Number.MAX_VALUE);
const time = required(numberFrom(-8.64e15, 8.64e15, "Unix time in ms"));
const currencyCode = textLike(/^[A-Z]{3}$/, "an ISO 4217 code");

const rules = {
  window: required(group({ from: time, to: time })),
  spend: group({ amount: required(amount), currency: required(currencyCode) }),
  figures: { takes: "an object of numbers", fits: isNumbers },
  orders: listOf(someText, "a list of event names"),
} satisfies Record<keyof FunnelReportOptions, Rule>;

/**
 * How people went through the funnel: people, not events, in each stage; where they entered, went on and left; how long
 * it took; what it brought. Stages may be skipped, and met in any order. Reads the events once, and holds a few hundred
 * bytes for each person. Rejects with `invalid_option`.
 */
export async function funnelReport(events: FunnelEvents, options: FunnelReportOptions): Promise<FunnelReport> {
  checkOptions("funnelReport", options, rules);
  const { window, spend, figures = {} } = options;
  const orderNames = new Set(options.orders ?? orderEvents);
  const people = createPeople(createJourney, mergeJourneys);
  const leftOut = { duplicates: 0, invalid: 0, after: 0 };
  const anonymous = createJourney();
  let count = 0;
  for await (const event of readEvents(events, leftOut)) {
    if (event.time >= window.to) {
      leftOut.after++;
      continue;
    }
    const journey = event.identifiers.length === 0 ? anonymous : people.of(event.identifiers);
    noteEvent(journey, event, window.from, orderNames);
    if (event.time >= window.from) count++;
  }
  const present = Array.from(people.all(), ({ state }) => state).filter(({ customer }) => customer.events > 0);
  const totals = totalOrders([...present, anonymous]);
  const [onlyCurrency, ...others] = Object.keys(totals.revenue);
  const currency = spend?.currency ?? (others.length === 0 ? onlyCurrency : undefined);
  const known: FunnelFigures = {
    ...countFigures(present, totals, currency),
    ...(spend && { spend: spend.amount }),
    ...figures,
  };
  const roas = spend && computeMetric("roas", known);
  return {
    window: { from: window.from, to: window.to },
    events: count,
    people: present.length,
    anonymous: anonymous.customer.events,
    leftOut,
    ...reportStages(present, known),
    ...totals,
    buyers: {
      new: reportBuyers(present.filter(({ orderedBefore }) => !orderedBefore)),
      returning: reportBuyers(present.filter(({ orderedBefore }) => orderedBefore)),
    },
    ...(roas !== undefined && { roas }),
  };
}

function reportBuyers(journeys: readonly Journey[]): BuyerReport {
  const buyers = journeys.filter(({ customer }) => customer.orders > 0);
  return { people: buyers.length, ...totalOrders(buyers) };
}

function isNumbers(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(Number.isFinite);
}
