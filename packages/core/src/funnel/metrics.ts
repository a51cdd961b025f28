/** Numbers from which the metrics are computed; what is not known is left out. Amounts are of one currency. */
export interface FunnelFigures {
  /** Times the ads were on a screen, from the vendor's reports. */
  readonly impressions?: number;
  /** Impressions that could be measured, and those that were seen, from a measurement partner. */
  readonly measurableImpressions?: number;
  readonly viewableImpressions?: number;
  /** Impressions next to content that suits the brand, from a measurement partner. */
  readonly suitableImpressions?: number;
  /** People who saw an ad at least once, from the vendor's reports. */
  readonly reach?: number;
  /** Plays of at least six seconds, and of at least half of the video, from the vendor's reports. */
  readonly videoViews6s?: number;
  readonly videoViewsHalf?: number;
  /** Shares from 0 to 1 of those who answered a brand lift survey as hoped: who saw the ads, and who did not. */
  readonly liftExposed?: number;
  readonly liftControl?: number;
  /** What the ads cost. */
  readonly spend?: number;
  /** People who visited, from events. */
  readonly visitors?: number;
  /** Views of content, installs, and articles put into carts, from events. */
  readonly contentViews?: number;
  readonly installs?: number;
  readonly addToCarts?: number;
  /** People who put something into the cart, and of those the ones who bought afterwards, from events. */
  readonly cartPeople?: number;
  readonly cartBuyers?: number;
  /** Visits of shops that followed an ad, from an attribution partner. */
  readonly storeVisits?: number;
  /** Orders, people who ordered, of those the ones who had ordered before or did again; and what it came to. */
  readonly purchases?: number;
  readonly buyers?: number;
  readonly repeatBuyers?: number;
  readonly revenue?: number;
  /** Revenue that would not have come without the ads, from media mix modelling or a lift study. */
  readonly incrementalRevenue?: number;
}

/** One row of {@link funnelMetrics}. */
export interface FunnelMetric {
  /** What it says. */
  readonly meaning: string;
  /** Where its numbers come from. */
  readonly from: "vendor reports" | "measurement partner" | "survey" | "events" | "events and vendor reports" | "model";
  /** Of what it is made: one figure as it is, or two divided or subtracted. */
  readonly of: readonly [keyof FunnelFigures] | readonly [keyof FunnelFigures, "/" | "-", keyof FunnelFigures];
}

/** What can be measured along the funnel, and how each is computed. TikTok for Business, "About the marketing funnel". */
export const funnelMetrics = {
  impressions: { meaning: "How often the ads were on a screen.", from: "vendor reports", of: ["impressions"] },
  viewability: {
    meaning: "How likely an ad that was delivered was seen.",
    from: "measurement partner",
    of: ["viewableImpressions", "/", "measurableImpressions"],
  },
  reach: { meaning: "People who saw an ad at least once.", from: "vendor reports", of: ["reach"] },
  frequency: {
    meaning: "How often each of them saw one, on average.",
    from: "vendor reports",
    of: ["impressions", "/", "reach"],
  },
  videoViews6s: { meaning: "Plays of at least six seconds.", from: "vendor reports", of: ["videoViews6s"] },
  videoViewsHalf: { meaning: "Plays of at least half of the video.", from: "vendor reports", of: ["videoViewsHalf"] },
  brandLift: {
    meaning: "By how much more of those who saw the ads remember, know, like or mean to buy than of those who did not.",
    from: "survey",
    of: ["liftExposed", "-", "liftControl"],
  },
  brandSafety: {
    meaning: "The share of impressions next to content that suits the brand.",
    from: "measurement partner",
    of: ["suitableImpressions", "/", "impressions"],
  },
  siteVisits: { meaning: "People who visited in the time.", from: "events", of: ["visitors"] },
  contentViews: { meaning: "Views of important pages, by ViewContent.", from: "events", of: ["contentViews"] },
  installs: { meaning: "Installs of the app.", from: "events", of: ["installs"] },
  addToCarts: { meaning: "Articles put into carts, by AddToCart.", from: "events", of: ["addToCarts"] },
  cartCompletion: {
    meaning: "The share of people with a cart who bought afterwards; the others abandoned it.",
    from: "events",
    of: ["cartBuyers", "/", "cartPeople"],
  },
  purchases: { meaning: "Orders.", from: "events", of: ["purchases"] },
  revenue: { meaning: "What the orders came to.", from: "events", of: ["revenue"] },
  roas: {
    meaning: "Return on advertising spend: revenue for each unit spent.",
    from: "events and vendor reports",
    of: ["revenue", "/", "spend"],
  },
  salesEfficiency: {
    meaning: "Revenue that would not have come without the ads, for each unit spent.",
    from: "model",
    of: ["incrementalRevenue", "/", "spend"],
  },
  costPerPurchase: {
    meaning: "What was spent for each order.",
    from: "events and vendor reports",
    of: ["spend", "/", "purchases"],
  },
  storeVisits: {
    meaning: "Visits of shops that followed an ad.",
    from: "measurement partner",
    of: ["storeVisits"],
  },
  repeatPurchaseRate: {
    meaning: "The share of buyers who had bought before, or did again.",
    from: "events",
    of: ["repeatBuyers", "/", "buyers"],
  },
  orderValue: { meaning: "What an order is worth, on average.", from: "events", of: ["revenue", "/", "purchases"] },
  purchasesPerBuyer: { meaning: "Orders of each buyer, on average.", from: "events", of: ["purchases", "/", "buyers"] },
} as const satisfies Record<string, FunnelMetric>;

/** The name of a metric. */
export type MetricName = keyof typeof funnelMetrics;

/** A metric's value; `undefined` when a figure for it is not known, or what it is divided by is 0. */
export function computeMetric(name: MetricName, figures: FunnelFigures): number | undefined {
  const [first, operator, second] = funnelMetrics[name].of as readonly [
    keyof FunnelFigures,
    ("/" | "-")?,
    (keyof FunnelFigures)?,
  ];
  const left = figures[first];
  if (second === undefined) return left;
  const right = figures[second];
  if (left === undefined || right === undefined) return undefined;
  if (operator === "-") return left - right;
  return right === 0 ? undefined : left / right;
}
