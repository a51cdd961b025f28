import type { FunnelStage } from "../catalog/standard-events.js";
import type { MetricName } from "./metrics.js";

/** What a stage of the funnel is about. */
export interface StageFacts {
  /** Who is in it. */
  readonly audience: string;
  /** What tells how it goes, of {@link funnelMetrics}. */
  readonly metrics: readonly MetricName[];
  /** What to do with these people next. */
  readonly nextStep: string;
  /** Objectives of TikTok campaigns that suit that step. */
  readonly objectives: readonly string[];
  /** The share of an advertising budget that TikTok advises, least and most; absent where it advises none. */
  readonly budgetShare?: readonly [number, number];
}

/**
 * The five stages in the order of the funnel. People need not go through all of them: many start further down.
 * TikTok for Business, "About the marketing funnel".
 */
export const funnelStages = {
  awareness: {
    audience: "People who have just met the brand.",
    metrics: [
      "impressions",
      "viewability",
      "reach",
      "frequency",
      "videoViews6s",
      "videoViewsHalf",
      "brandLift",
      "brandSafety",
    ],
    nextStep:
      "Bring them to your site or app: an audience of those who engaged with the ads, such as by watching more than half of a video.",
    objectives: ["Traffic", "Conversions", "Lead generation"],
    budgetShare: [0.1, 0.2],
  },
  consideration: {
    audience: "People who know the brand, or met it in one of its channels.",
    metrics: ["siteVisits", "contentViews", "installs", "brandLift"],
    nextStep:
      "Get them to do something that can be measured: an audience of visitors who looked at products, shown those products.",
    objectives: ["Traffic", "Conversions", "Catalogue sales"],
  },
  purchaseIntent: {
    audience: "People who showed that they want to buy, and have not bought.",
    metrics: ["addToCarts", "cartCompletion", "brandLift"],
    nextStep: "Remind them to complete the purchase: an audience of AddToCart without Purchase in the same time.",
    objectives: ["Catalogue sales", "Conversions", "App installs"],
  },
  purchase: {
    audience: "People who become customers.",
    metrics: ["purchases", "revenue", "roas", "salesEfficiency", "costPerPurchase", "storeVisits"],
    nextStep:
      "Win them again with related products, and find new customers: an audience of buyers, and lookalikes of it.",
    objectives: ["Catalogue sales", "Conversions"],
  },
  loyalty: {
    audience: "Customers who bought before.",
    metrics: ["repeatPurchaseRate", "orderValue", "purchasesPerBuyer"],
    nextStep: "Keep the loyal, and win back those at risk and those who lapsed: an audience of each segment.",
    objectives: ["Traffic", "Conversions", "Lead generation"],
  },
} as const satisfies Record<FunnelStage, StageFacts>;

/** The stages' names, from the first to the last. */
export const stageOrder = Object.keys(funnelStages) as FunnelStage[];
