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
export { TikTokBusinessError } from "./error.js";
export { type AccountName, type TikTokOAuth, type TikTokOAuthOptions, tiktokOAuth } from "./oauth.js";
export type { BusinessCallOptions } from "./options.js";
export { type ScopeName, scopeNames, scopes } from "./scopes.js";
export { type TikTokBusiness, type TikTokBusinessOptions, tiktokBusiness } from "./tiktok-business.js";
export { type BusinessToken, fileTokenStore, type TokenStore } from "./token-store.js";
