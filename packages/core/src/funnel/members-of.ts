import { checkOptions, listOf, numberFrom, type Rule, someText } from "../internal/rule.js";
import {
  averageCustomer,
  type CustomerRecord,
  createCustomerRecord,
  mergeCustomers,
  noteCustomer,
  toCustomer,
} from "./customer.js";
import type { FunnelEvent, FunnelEvents } from "./event.js";
import { loyaltyOf } from "./loyalty.js";
import { orderEvents } from "./order-events.js";
import { createPeople } from "./people.js";
import { readEvents } from "./read-events.js";
import {
  type AudienceCondition,
  type AudienceRule,
  checkAudienceRule,
  type EventCondition,
  type StageCondition,
} from "./rule.js";
import { stageOf } from "./stage-of.js";

/** Options of {@link membersOf}. */
export interface MembersOptions {
  /** The end of all "last days": Unix time, ms; later events do not count. Default: the clock. */
  now?: number;
  /** Events that are orders, for `loyalty`. Default: `Purchase` and `Subscribe`. */
  orders?: readonly string[];
}

/** Someone who belongs to an audience. */
export interface Member {
  /** All identifiers by which the events knew this person. */
  readonly identifiers: readonly string[];
}

const rules = {
  now: numberFrom(0, 8.64e15, "Unix time in ms"),
  orders: listOf(someText, "a list of event names"),
} satisfies Record<keyof MembersOptions, Rule>;

const day = 86_400_000;

/** What one person did, as far as the rule asks for it. */
interface Evidence {
  /** For each counted condition: how many events, and what they were worth in its currency. */
  readonly counts: number[];
  readonly worth: number[];
  readonly customer: CustomerRecord;
}

/**
 * Everybody who belongs to the audience, in the order in which the events met them. Reads the events once, and holds a
 * few hundred bytes for each person. Rejects with `invalid_option` when the rule or an option is wrong.
 */
export async function* membersOf(
  rule: AudienceRule,
  events: FunnelEvents,
  options: MembersOptions = {},
): AsyncGenerator<Member> {
  checkAudienceRule(rule);
  checkOptions("membersOf", options, rules);
  const { now = Date.now(), orders = orderEvents } = options;
  const orderNames = new Set(orders);
  const counted = [...rule.include, ...(rule.exclude ?? [])].flatMap(countedConditions);
  const people = createPeople<Evidence>(
    () => ({ counts: counted.map(() => 0), worth: counted.map(() => 0), customer: createCustomerRecord() }),
    (into, from) => {
      for (const index of counted.keys()) {
        into.counts[index] = (into.counts[index] ?? 0) + (from.counts[index] ?? 0);
        into.worth[index] = (into.worth[index] ?? 0) + (from.worth[index] ?? 0);
      }
      mergeCustomers(into.customer, from.customer);
    },
  );
  for await (const event of readEvents(events, { duplicates: 0, invalid: 0 })) {
    if (event.time > now || event.identifiers.length === 0) continue;
    const evidence = people.of(event.identifiers);
    noteCustomer(evidence.customer, event, orderNames.has(event.name));
    for (const [index, condition] of counted.entries()) {
      if (!isCounted(event, condition, now, orderNames)) continue;
      evidence.counts[index] = (evidence.counts[index] ?? 0) + 1;
      const currency = "worth" in condition ? condition.worth?.currency : undefined;
      if (currency !== undefined && event.currency === currency) {
        evidence.worth[index] = (evidence.worth[index] ?? 0) + (event.value ?? 0);
      }
    }
  }
  const average = averageCustomer(Array.from(people.all(), ({ state }) => state.customer));

  function holds(condition: AudienceCondition, evidence: Evidence): boolean {
    if ("any" in condition) return condition.any.some((one) => holds(one, evidence));
    if ("loyalty" in condition) {
      const customer = toCustomer(evidence.customer);
      return (
        customer !== undefined &&
        [condition.loyalty].flat().includes(loyaltyOf(customer, average, now, condition.thresholds))
      );
    }
    const index = counted.indexOf(condition);
    const count = evidence.counts[index] ?? 0;
    if ("stage" in condition) return count > 0 || (condition.stage === "loyalty" && orderedAgain(condition, evidence));
    const { atLeast = 1, atMost = Number.POSITIVE_INFINITY, worth } = condition;
    return count >= atLeast && count <= atMost && (!worth || (evidence.worth[index] ?? 0) >= worth.amount);
  }

  const orderedAgain = ({ withinDays }: StageCondition, { customer }: Evidence) =>
    customer.orders > 1 && customer.lastOrder >= now - withinDays * day;

  for (const { identifiers, state } of people.all()) {
    const isIncluded = rule.include.every((condition) => holds(condition, state));
    if (isIncluded && !rule.exclude?.some((condition) => holds(condition, state))) yield { identifiers };
  }
}

/** The conditions that count events, those within `any` too. */
function countedConditions(condition: AudienceCondition): (EventCondition | StageCondition)[] {
  if ("any" in condition) return condition.any.flatMap(countedConditions);
  return "loyalty" in condition ? [] : [condition];
}

function isCounted(
  { name, time }: FunnelEvent,
  condition: EventCondition | StageCondition,
  now: number,
  orderNames: ReadonlySet<string>,
): boolean {
  if (time < now - condition.withinDays * day) return false;
  if ("event" in condition) return [condition.event].flat().includes(name);
  return (orderNames.has(name) ? "purchase" : stageOf({ name })) === condition.stage;
}
