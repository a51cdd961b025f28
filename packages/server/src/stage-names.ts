import type { FunnelStage } from "@beaconry/core/funnel";

/** How the stages of the funnel are shown. */
export const stageNames: Readonly<Record<FunnelStage, string>> = {
  awareness: "Awareness",
  consideration: "Consideration",
  purchaseIntent: "Purchase intent",
  purchase: "Purchase",
  loyalty: "Loyalty",
};
