/** What can be subscribed to, with what a subscription says of it. TikTok Business API, "Create a subscription". */
export const subscriptionEntities = {
  LEAD: "new leads, of one form or of all forms of an account",
  AD_ACCOUNT_SUSPENSION: "whether ad accounts are suspended",
  AD_GROUP: "the review of an ad group",
  AD: "the review of an ad",
  TCM_VIDEOS: "videos linked to a campaign of TikTok One",
  CREATIVE_FATIGUE: "ads that people have seen too often",
  API_SERVICE_STATUS: "how TikTok's API is doing",
  REPORT_DATA_CHANGE: "changes of spend, impressions, clicks and plays",
} as const;

/** What can be subscribed to. */
export type SubscriptionEntity = keyof typeof subscriptionEntities;

/** How often changes of reports are told. */
export const notifyFrequencies = ["5_MINUTE", "15_MINUTE", "30_MINUTE", "60_MINUTE"] as const;

/** Our name of a detail → TikTok's. */
export const detailNames = {
  accountId: "advertiser_id",
  libraryId: "library_id",
  formId: "page_id",
  leadSource: "lead_source",
  businessCenterId: "bc_id",
  accountIds: "advertiser_ids",
  adGroupId: "adgroup_id",
  adId: "ad_id",
  productFilters: "product_filters",
  notifyFrequency: "notify_frequency",
  creatorAccountId: "tto_tmc_account_id",
} as const;

/** A detail of a subscription. */
export type DetailName = keyof typeof detailNames;

/** For each entity: details that it may have, and of which at least one is needed. */
export const entityDetails: Readonly<
  Record<SubscriptionEntity, { readonly oneOf: readonly DetailName[]; readonly more: readonly DetailName[] }>
> = {
  LEAD: { oneOf: ["accountId", "libraryId"], more: ["formId", "leadSource"] },
  AD_ACCOUNT_SUSPENSION: { oneOf: ["businessCenterId", "accountIds"], more: [] },
  AD_GROUP: { oneOf: ["adGroupId"], more: ["accountId"] },
  AD: { oneOf: ["adId"], more: ["accountId"] },
  TCM_VIDEOS: { oneOf: ["creatorAccountId"], more: [] },
  CREATIVE_FATIGUE: { oneOf: ["accountId"], more: ["adGroupId", "adId"] },
  API_SERVICE_STATUS: { oneOf: [], more: ["productFilters"] },
  REPORT_DATA_CHANGE: { oneOf: ["accountIds"], more: ["notifyFrequency"] },
};
