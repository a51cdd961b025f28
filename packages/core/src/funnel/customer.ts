import type { FunnelEvent } from "./event.js";
import type { AverageCustomer, Customer } from "./loyalty.js";
import { addMoney, addValue, type MoneySum } from "./money.js";

/** What makes a {@link Customer}, gathered event by event. */
export interface CustomerRecord {
  events: number;
  orders: number;
  firstOrder: number;
  lastOrder: number;
  lastEvent: number;
  readonly revenue: MoneySum;
  /** Orders with a value, by currency. */
  readonly valued: MoneySum;
}

/** Nothing yet. */
export function createCustomerRecord(): CustomerRecord {
  return {
    events: 0,
    orders: 0,
    firstOrder: Number.POSITIVE_INFINITY,
    lastOrder: Number.NEGATIVE_INFINITY,
    lastEvent: Number.NEGATIVE_INFINITY,
    revenue: {},
    valued: {},
  };
}

/** Puts one event into the record. */
export function noteCustomer(record: CustomerRecord, event: FunnelEvent, isOrder: boolean): void {
  record.events++;
  record.lastEvent = Math.max(record.lastEvent, event.time);
  if (!isOrder) return;
  record.orders++;
  record.firstOrder = Math.min(record.firstOrder, event.time);
  record.lastOrder = Math.max(record.lastOrder, event.time);
  addValue(record.revenue, event);
  if (event.value !== undefined) addValue(record.valued, { value: 1, currency: event.currency });
}

/** Puts the second record into the first: they turned out to be one person's. */
export function mergeCustomers(into: CustomerRecord, from: CustomerRecord): void {
  into.events += from.events;
  into.orders += from.orders;
  into.firstOrder = Math.min(into.firstOrder, from.firstOrder);
  into.lastOrder = Math.max(into.lastOrder, from.lastOrder);
  into.lastEvent = Math.max(into.lastEvent, from.lastEvent);
  addMoney(into.revenue, from.revenue);
  addMoney(into.valued, from.valued);
}

/** The customer; `undefined` for someone who never ordered. */
export function toCustomer(record: CustomerRecord): Customer | undefined {
  return record.orders === 0 ? undefined : { ...record, orderValue: averages(record) };
}

/** The average of all who ordered; an order counts once, whoever made it. */
export function averageCustomer(records: Iterable<CustomerRecord>): AverageCustomer {
  const all = createCustomerRecord();
  let customers = 0;
  for (const record of records) {
    if (record.orders === 0) continue;
    customers++;
    mergeCustomers(all, record);
  }
  return { events: customers === 0 ? 0 : all.events / customers, orderValue: averages(all) };
}

/** What an order is worth on average, by currency. */
export function averages({ revenue, valued }: Pick<CustomerRecord, "revenue" | "valued">): MoneySum {
  return Object.fromEntries(
    Object.entries(revenue).map(([currency, sum]) => [currency, sum / (valued[currency] ?? 1)]),
  );
}
