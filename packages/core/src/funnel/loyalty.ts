import type { Money } from "./event.js";

/** Which customers are loyal, at risk or lapsed. */
export interface LoyaltyThresholds {
  /** Orders that make a loyal customer, at least. Default 2. */
  readonly loyalOrders?: number;
  /** Days without an order after which a customer is at risk. Default 90. */
  readonly atRiskAfter?: number;
  /** Days after which one who never came back counts as lapsed. Default 90. */
  readonly lapsedAfter?: number;
}

/**
 * `loyal`: enough orders, the last of them not too long ago, worth as much as the average order or more, and as engaged
 * as the average customer or more. `lapsed`: never seen again after the day of the first order, long enough ago.
 * `atRisk`: no order for long. `active`: every other customer.
 * After TikTok for Business, "About the marketing funnel", which names the segments and leaves the numbers to you.
 */
export type LoyaltySegment = "loyal" | "active" | "atRisk" | "lapsed";

/** What is known of someone who ordered at least once. */
export interface Customer {
  /** Events of any kind. */
  readonly events: number;
  readonly orders: number;
  /** Unix times, ms. */
  readonly firstOrder: number;
  readonly lastOrder: number;
  readonly lastEvent: number;
  /** The average value of an order, by currency. */
  readonly orderValue: Money;
}

/** What the average customer is like: see {@link Customer}. */
export type AverageCustomer = Pick<Customer, "events" | "orderValue">;

const day = 86_400_000;

/** The segment of a customer. @param now Unix time, ms */
export function loyaltyOf(
  customer: Customer,
  average: AverageCustomer,
  now: number,
  thresholds: LoyaltyThresholds = {},
): LoyaltySegment {
  const { loyalOrders = 2, atRiskAfter = 90, lapsedAfter = 90 } = thresholds;
  const cameBack = customer.lastEvent > customer.firstOrder + day;
  if (!cameBack && customer.lastEvent < now - lapsedAfter * day) return "lapsed";
  if (customer.lastOrder < now - atRiskAfter * day) return "atRisk";
  const isValuable = Object.entries(customer.orderValue).every(
    ([currency, value]) => value >= (average.orderValue[currency] ?? 0),
  );
  const isLoyal = customer.orders >= loyalOrders && customer.events >= average.events && isValuable;
  return isLoyal ? "loyal" : "active";
}
