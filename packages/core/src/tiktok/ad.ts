import type { TikTokAd } from "../context.js";
import { type Issue, warningIssue } from "../issue.js";
import { compact } from "../wire.js";
import type { TikTokSource } from "./event.js";

/** TikTok's `ad` of an event; web events take the share of the attribution alone. */
export function toTikTokAd(ad: TikTokAd, source: TikTokSource): Record<string, unknown> {
  const share = isShare(ad.attributionShare) ? ad.attributionShare : undefined;
  if (source === "web") return compact({ attribution_share: share });
  return compact({
    callback: ad.callback,
    campaign_id: ad.campaignId,
    // TikTok's own names are off by one level: its `ad_id` is the ad group, its `creative_id` the ad.
    ad_id: ad.adGroupId,
    creative_id: ad.adId,
    is_retargeting: ad.isRetargeting,
    attributed: ad.attributed,
    attribution_type: ad.attributionType,
    attribution_provider: ad.attributionProvider,
    attribution_share: share,
  });
}

/** What is no share is left out: JSON has no word for one that is not a number, and TikTok refuses what comes in its place. */
export function checkTikTokAd({ attributionShare }: TikTokAd): readonly Issue[] {
  if (attributionShare === undefined || isShare(attributionShare)) return [];
  const path = "context.ad.attributionShare";
  return [warningIssue("wrong_value", path, `${path} is no number from 0 to 1; left out`)];
}

function isShare(share: unknown): share is number {
  return typeof share === "number" && share >= 0 && share <= 1;
}
