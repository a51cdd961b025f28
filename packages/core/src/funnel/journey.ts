import type { FunnelStage } from "../catalog/standard-events.js";
import { type CustomerRecord, createCustomerRecord, mergeCustomers, noteCustomer } from "./customer.js";
import type { FunnelEvent } from "./event.js";
import { stageOf } from "./stage-of.js";

/** The first and the last time of something within the window, ms. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What one person did in the window, without the single events. */
export interface Journey {
  readonly customer: CustomerRecord;
  /** Seen in the stage by an event's name. */
  readonly stages: Partial<Record<FunnelStage, Span>>;
  visited: boolean;
  contentViews: number;
  installs: number;
  addToCarts: number;
  firstCart: number;
  secondOrder: number;
  /** Whether there was an order before the window. */
  orderedBefore: boolean;
}

/** Nothing yet. */
export function createJourney(): Journey {
  return {
    customer: createCustomerRecord(),
    stages: {},
    visited: false,
    contentViews: 0,
    installs: 0,
    addToCarts: 0,
    firstCart: Number.POSITIVE_INFINITY,
    secondOrder: Number.POSITIVE_INFINITY,
    orderedBefore: false,
  };
}

/** Puts one event into the journey. Before `from` it only tells whether there was an order. */
export function noteEvent(journey: Journey, event: FunnelEvent, from: number, orderNames: ReadonlySet<string>): void {
  const { name, time } = event;
  const isOrder = orderNames.has(name);
  if (time < from) {
    journey.orderedBefore ||= isOrder;
    return;
  }
  if (isOrder) journey.secondOrder = secondOf(journey, [time]);
  noteCustomer(journey.customer, event, isOrder);
  const stage = isOrder ? "purchase" : stageOf(event);
  if (stage) journey.stages[stage] = covering(journey.stages[stage], { first: time, last: time });
  if (name === "PageView") journey.visited = true;
  if (name === "ViewContent") journey.contentViews++;
  if (name === "MobileAppInstall") journey.installs++;
  if (name === "AddToCart") {
    journey.addToCarts++;
    journey.firstCart = Math.min(journey.firstCart, time);
  }
}

/** Puts the second journey into the first: they turned out to be one person's. */
export function mergeJourneys(into: Journey, from: Journey): void {
  into.secondOrder = secondOf(into, [from.customer.firstOrder, from.secondOrder]);
  mergeCustomers(into.customer, from.customer);
  for (const [stage, span] of Object.entries(from.stages) as [FunnelStage, Span][]) {
    into.stages[stage] = covering(into.stages[stage], span);
  }
  into.visited ||= from.visited;
  into.contentViews += from.contentViews;
  into.installs += from.installs;
  into.addToCarts += from.addToCarts;
  into.firstCart = Math.min(into.firstCart, from.firstCart);
  into.orderedBefore ||= from.orderedBefore;
}

/** The time of the second order, when there are also those of these times. */
function secondOf({ customer, secondOrder }: Journey, times: readonly number[]): number {
  const sorted = [customer.firstOrder, secondOrder, ...times].sort((one, other) => one - other);
  return sorted[1] as number;
}

/**
 * When the person was in each stage. An order by someone who ordered before, in the window or earlier, is in `purchase`
 * and in `loyalty`.
 */
export function stageSpans(journey: Journey): Readonly<Partial<Record<FunnelStage, Span>>> {
  const { stages, orderedBefore, secondOrder, customer } = journey;
  const firstRepeat = orderedBefore ? customer.firstOrder : secondOrder;
  if (!Number.isFinite(firstRepeat)) return stages;
  return { ...stages, loyalty: covering(stages.loyalty, { first: firstRepeat, last: customer.lastOrder }) };
}

function covering(one: Span | undefined, other: Span): Span {
  if (!one) return other;
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
}
