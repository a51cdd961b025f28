import type { TikTokAd } from "../context.js";
import { compact } from "../wire.js";
import type { TikTokSource } from "./event.js";

/** TikTok's `ad` of an event; web events take the share of the attribution alone. */
export function toTikTokAd(ad: TikTokAd, source: TikTokSource): Record<string, unknown> {
  if (source === "web") return compact({ attribution_share: ad.attributionShare });
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
    attribution_share: ad.attributionShare,
  });
}
