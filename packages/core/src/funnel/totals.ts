import { averages, createCustomerRecord, mergeCustomers } from "./customer.js";
import type { Money } from "./event.js";
import type { Journey } from "./journey.js";
import type { FunnelFigures } from "./metrics.js";
import { rounded } from "./money.js";

/** What orders came to. */
export interface OrderTotals {
  readonly orders: number;
  readonly revenue: Money;
  /** What an order was worth on average, of those with a value in the currency. */
  readonly orderValue: Money;
}

/** The orders of all these journeys. */
export function totalOrders(journeys: readonly Journey[]): OrderTotals {
  const all = createCustomerRecord();
  for (const { customer } of journeys) mergeCustomers(all, customer);
  return { orders: all.orders, revenue: rounded(all.revenue), orderValue: rounded(averages(all)) };
}

/** What the events of these people, and the orders of all, tell for the metrics; revenue in one currency. */
export function countFigures(journeys: readonly Journey[], totals: OrderTotals, currency?: string): FunnelFigures {
  const sum = (of: (journey: Journey) => number) => journeys.reduce((total, journey) => total + of(journey), 0);
  const people = (is: (journey: Journey) => boolean) => sum((journey) => (is(journey) ? 1 : 0));
  return {
    visitors: people(({ visited }) => visited),
    contentViews: sum(({ contentViews }) => contentViews),
    installs: sum(({ installs }) => installs),
    addToCarts: sum(({ addToCarts }) => addToCarts),
    cartPeople: people(({ addToCarts }) => addToCarts > 0),
    cartBuyers: people(({ firstCart, customer }) => customer.lastOrder >= firstCart),
    purchases: totals.orders,
    buyers: people(({ customer }) => customer.orders > 0),
    repeatBuyers: people(({ customer, orderedBefore }) => customer.orders > (orderedBefore ? 0 : 1)),
    ...(currency !== undefined && { revenue: totals.revenue[currency] ?? 0 }),
  };
}
