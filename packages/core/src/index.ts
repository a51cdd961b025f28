export * from "./catalog/index.js";
export { type CheckOptions, checkEvent, type EventCheck } from "./check.js";
export { chooseFbc, chooseFbp, type FbCookie, isFbCookie, mintFbp, parseFbCookie } from "./clicks/fb-cookie.js";
export { chooseTtclid, isTtp } from "./clicks/tiktok-ids.js";
export { type Clicks, readClickIds } from "./clicks.js";
export { consentFromGoogle } from "./consent/google.js";
export { consentFromGpc } from "./consent/gpc.js";
export { limitedDataUseIn } from "./consent/limited-data-use.js";
export { consentFromTcf, type TcfOptions } from "./consent/tcf.js";
export { type Allowed, type Consent, type DataUseRegion, type Permission, permission } from "./consent.js";
export type { App, EventContext, Page, Source } from "./context.js";
export { type BrowserFacts, type Device, deviceFromBrowser } from "./device.js";
export type { Envelope, EnvelopeEvent } from "./envelope.js";
export { BeaconryError, type BeaconryErrorCode, isBeaconryError } from "./error.js";
export { createEvent, type EventInit, type TrackedEvent, uuidFromBytes } from "./event.js";
export type { Issue, IssueCode } from "./issue.js";
export { hashForVendors } from "./user/hash-for-vendors.js";
export {
  type HashedUserData,
  type HashOptions,
  hashUserData,
  type MatchKeys,
  normalizeUserData,
  type VendorKeys,
} from "./user/hash-user-data.js";
export type { PersonRead } from "./user/person-read.js";
export type { ParsePhone } from "./user/phone.js";
export type { UserData, UserField } from "./user/user-data.js";
export type { Vendor } from "./vendor.js";
export type { Wire } from "./wire.js";
