export {
  type AccountPermission,
  type AccountRoleName,
  type AccountStatus,
  type AccountStatusName,
  accountPermissions,
  accountRoles,
  accountStatuses,
  readAccountStatus,
} from "./account-tables.js";
export {
  type AccountFilter,
  type AccountPixel,
  type Accounts,
  type AdAccount,
  filterAccounts,
  type NewAccount,
} from "./accounts.js";
export type {
  Audience,
  AudienceAction,
  AudienceChange,
  Audiences,
  NewAudience,
} from "./audiences/audiences.js";
export { AudienceError, type AudienceErrorCode } from "./audiences/error.js";
export type { AudiencePerson, EmailForm, InvalidReason, PersonField } from "./audiences/person.js";
export type { CsvColumns, CsvSource } from "./audiences/read-csv.js";
export {
  type AudienceSchedule,
  type AudienceTimes,
  type ScheduleAudienceOptions,
  scheduleAudience,
} from "./audiences/schedule.js";
export { type AudienceSchema, audienceSchemas } from "./audiences/schema.js";
export type { SegmentPeople, Segments } from "./audiences/segments.js";
export type { AudienceRun } from "./audiences/state.js";
export { audienceHistory, syncAudience } from "./audiences/sync.js";
export type { AudienceProgress, SyncAudienceOptions } from "./audiences/sync-options.js";
export type { PeopleCounts } from "./audiences/take-people.js";
export { TikTokBusinessError } from "./error.js";
export {
  type LeadContact,
  type LeadField,
  type LeadForm,
  type LeadForms,
  type LeadTarget,
  leadFields,
  leadMapper,
  type MappedLead,
} from "./leads/field-mapping.js";
export { isForwardedLead } from "./leads/forward-receiver.js";
export {
  type DeadLead,
  type LeadForwarder,
  type LeadForwarderOptions,
  type LeadNews,
  leadForwarder,
} from "./leads/forwarder.js";
export { type LeadSource, leadSources, type NamedId, type TikTokLead } from "./leads/lead.js";
export {
  type LeadFileQuery,
  type LeadOwner,
  type LeadQuery,
  type LeadRegion,
  type Leads,
  type LeadTask,
  leadRegions,
} from "./leads/leads.js";
export {
  type LeadProgress,
  type LeadProgressOptions,
  leadProgress,
  type ProgressedLead,
  type ProgressOptions,
} from "./leads/progress.js";
export { type LeadColumn, type LeadFile, readLeadFile } from "./leads/read-lead-file.js";
export {
  type DetailName,
  entityDetails,
  type SubscriptionEntity,
  subscriptionEntities,
} from "./leads/subscription-tables.js";
export type { BusinessApp, NewSubscription, Subscription, Subscriptions } from "./leads/subscriptions.js";
export { type LeadWebhook, type LeadWebhookOptions, leadWebhook } from "./leads/webhook.js";
export { type AccountName, type TikTokOAuth, type TikTokOAuthOptions, tiktokOAuth } from "./oauth.js";
export type { BusinessCallOptions } from "./options.js";
export { type ScopeName, scopeNames, scopes } from "./scopes.js";
export { type TikTokBusiness, type TikTokBusinessOptions, tiktokBusiness } from "./tiktok-business.js";
export { type BusinessToken, fileTokenStore, type TokenStore } from "./token-store.js";
