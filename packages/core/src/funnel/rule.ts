import { type FunnelStage, standardEvents } from "../catalog/standard-events.js";
import { BeaconryError } from "../error.js";
import {
  anyOf,
  checkOptions,
  findProblem,
  group,
  listOf,
  numberFrom,
  oneOf,
  type Rule,
  required,
  someText,
  textLike,
  wholeFrom,
} from "../internal/rule.js";
import type { LoyaltySegment, LoyaltyThresholds } from "./loyalty.js";
import { orderEvents } from "./order-events.js";
import { stageOf } from "./stage-of.js";

/** Events of these names in the last days. */
export interface EventCondition {
  readonly event: string | readonly string[];
  readonly withinDays: number;
  /** How often at least. Default 1. */
  readonly atLeast?: number;
  /** How often at most. Default: any number. */
  readonly atMost?: number;
  /** What they came to together, in this currency, at least. Default: anything. */
  readonly worth?: { readonly amount: number; readonly currency: string };
}

/** Seen in a stage in the last days. Not `awareness`, which no event shows. */
export interface StageCondition {
  readonly stage: Exclude<FunnelStage, "awareness">;
  readonly withinDays: number;
}

/** A customer of this segment, or one of these, by all events that there are. */
export interface LoyaltyCondition {
  readonly loyalty: LoyaltySegment | readonly LoyaltySegment[];
  readonly thresholds?: LoyaltyThresholds;
}

/** What a person did, or is. */
export type AudienceCondition =
  | EventCondition
  | StageCondition
  | LoyaltyCondition
  | { readonly any: readonly AudienceCondition[] };

/** Who belongs to an audience. Plain data: it can stand in a configuration file. */
export interface AudienceRule {
  /** All of these hold. */
  readonly include: readonly AudienceCondition[];
  /** None of these holds. */
  readonly exclude?: readonly AudienceCondition[];
}

const days = required(numberFrom(0, 36_500, "days from 0 to 36500"));
const names = required(anyOf("an event's name or a list of them", someText, nonEmptyList(someText)));
const segment = oneOf("loyal", "active", "atRisk", "lapsed");

/** By the member that tells the kind. */
const conditionRules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  event: {
    event: names,
    withinDays: days,
    atLeast: wholeFrom(0),
    atMost: wholeFrom(0),
    worth: group({
      amount: required(numberFrom(0, Number.MAX_VALUE)),
      currency: required(textLike(/^[A-Z]{3}$/, "an ISO 4217 code")),
    }),
  },
  stage: {
    stage: required(oneOf("consideration", "purchaseIntent", "purchase", "loyalty")),
    withinDays: days,
  },
  loyalty: {
    loyalty: required(anyOf("loyal, active, atRisk or lapsed, or a list of them", segment, nonEmptyList(segment))),
    thresholds: group({
      loyalOrders: wholeFrom(1),
      atRiskAfter: numberFrom(0, 36_500),
      lapsedAfter: numberFrom(0, 36_500),
    }),
  },
  any: { any: required(listOf({ takes: "", fits: () => true }, "a list of conditions")) },
};

/** Throws `invalid_option`, naming the first member that is wrong, such as `include[0].withinDays`. */
export function checkAudienceRule(rule: AudienceRule): void {
  const conditions = listOf({ takes: "", fits: () => true }, "a list of conditions");
  checkOptions("audience rule", rule, { include: required(conditions), exclude: conditions });
  if (rule.include.length === 0) throw invalid("include is empty, accepted is at least one condition");
  checkConditions(rule.include, "include");
  checkConditions(rule.exclude ?? [], "exclude");
}

function checkConditions(conditions: readonly AudienceCondition[], path: string): void {
  for (const [index, condition] of conditions.entries()) {
    const at = `${path}[${index}]`;
    const kind = Object.keys(conditionRules).find((name) => Object.hasOwn(Object(condition), name));
    if (!kind) throw invalid(`${at} has none of ${Object.keys(conditionRules).join(", ")}: accepted is one of them`);
    const problem = findProblem(condition, group(conditionRules[kind] ?? {}), at);
    if (problem) throw invalid(problem.message);
    if ("any" in condition) checkConditions(condition.any, `${at}.any`);
  }
}

function invalid(detail: string): BeaconryError {
  return new BeaconryError("invalid_option", `audience rule: ${detail}`);
}

function nonEmptyList(rule: Rule): Rule {
  return { takes: "", fits: (value) => Array.isArray(value) && value.length > 0 && value.every(rule.fits) };
}

/** The events without which a rule can not be evaluated. */
export interface NeededEvents {
  /** How many days back; absent: all that there are. */
  readonly days?: number;
  /** Of these names; absent: all. */
  readonly names?: readonly string[];
}

/** Which events {@link membersOf} needs for this rule, so that a journal has to give no others. */
export function eventsNeeded(
  { include, exclude = [] }: AudienceRule,
  orders: readonly string[] = orderEvents,
): NeededEvents {
  const needs = [...include, ...exclude].map((condition) => neededFor(condition, orders));
  const days = needs.map((one) => one.days ?? Number.POSITIVE_INFINITY);
  const names = needs.map((one) => one.names);
  const reach = Math.max(0, ...days);
  return {
    ...(reach < Number.POSITIVE_INFINITY && { days: reach }),
    ...(!names.includes(undefined) && { names: [...new Set(names.flatMap((list) => list ?? []))] }),
  };
}

function neededFor(condition: AudienceCondition, orders: readonly string[]): NeededEvents {
  if ("any" in condition) return eventsNeeded({ include: condition.any }, orders);
  if ("loyalty" in condition) return {};
  if ("event" in condition) return { days: condition.withinDays, names: [condition.event].flat() };
  const names = [...Object.keys(standardEvents).filter((name) => stageOf({ name }) === condition.stage), ...orders];
  // An order is a repeated one by those before it, however long ago.
  return condition.stage === "loyalty" ? { names } : { names, days: condition.withinDays };
}
