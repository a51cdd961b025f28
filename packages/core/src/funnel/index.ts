export type { FunnelStage } from "../catalog/standard-events.js";
export { awarenessBudget, isAware } from "./awareness.js";
export type { FunnelEvent, FunnelEvents, Money } from "./event.js";
export {
  type AverageCustomer,
  type Customer,
  type LoyaltySegment,
  type LoyaltyThresholds,
  loyaltyOf,
} from "./loyalty.js";
export { type Member, type MembersOptions, membersOf } from "./members-of.js";
export { computeMetric, type FunnelFigures, type FunnelMetric, funnelMetrics, type MetricName } from "./metrics.js";
export type { LeftOut } from "./read-events.js";
export { type BuyerReport, type FunnelReport, type FunnelReportOptions, funnelReport } from "./report.js";
export {
  type AudienceCondition,
  type AudienceRule,
  checkAudienceRule,
  type EventCondition,
  eventsNeeded,
  type LoyaltyCondition,
  type NeededEvents,
  type StageCondition,
} from "./rule.js";
export { stageOf } from "./stage-of.js";
export type { StageReport, Transition } from "./stage-reports.js";
export { funnelStages, type StageFacts, stageOrder } from "./stages.js";
export type { TimeBetween } from "./time-between.js";
export type { OrderTotals } from "./totals.js";
