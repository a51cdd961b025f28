import type { Clicks } from "./clicks.js";
import type { Device } from "./device.js";

/**
 * Where the event happened. TikTok takes `web`, `app`, `store` (offline) and `crm`; Meta takes all, `crm` as
 * `system_generated`, `messaging` as `business_messaging`.
 */
export type Source = "web" | "app" | "store" | "crm" | "email" | "phone_call" | "chat" | "messaging" | "other";

/** The page on which a web event happened. */
export interface Page {
  /** Full address with query. */
  url: string;
  referrer?: string;
  title?: string;
}

/** The app in which an app event happened. */
export interface App {
  /** Package name on Android, bundle id on iOS. */
  id: string;
  /** The App Store's numeric id, iOS only: TikTok wants it in place of the bundle id. */
  storeId?: string;
  name?: string;
  /** Marketing version, such as `7.7.1`. */
  version?: string;
  /** Build number, such as `771`. */
  build?: string;
  /** Your own id of the app's user, in the clear: Meta App Events. */
  userId?: string;
  /** Meta's encrypted campaign value out of the deep link. */
  campaignIds?: string;
  /** Meta's click id out of the deep link, Android. */
  clickId?: string;
  /** Where the installation came from, such as `com.android.vending`. */
  installerPackage?: string;
  /** Android's install referrer. */
  installReferrer?: string;
  googleInstallReferrer?: string;
  metaInstallReferrer?: string;
  /** The schemes that the app opens. */
  urlSchemes?: readonly string[];
}

/** Which TikTok advertisement an app event is attributed to, by a measurement partner. Source `app`. */
export interface TikTokAd {
  /** TikTok's attribution callback. */
  callback?: string;
  campaignId?: string;
  /** TikTok calls it `ad_id` on the wire. */
  adGroupId?: string;
  /** TikTok calls it `creative_id` on the wire. */
  adId?: string;
  isRetargeting?: boolean;
  attributed?: boolean;
  attributionType?: string;
  attributionProvider?: string;
  /** From 0 to 1; for web events too. */
  attributionShare?: number;
}

/**
 * The conversation on one of Meta's channels in which an event happened. Source `messaging`. Meta takes few events of
 * it, some with names of their own (`LeadSubmitted`, `QualifiedLead`): `checkEvent` says which. It recognises no second
 * copy of them: give the same id, and the outbox does for an hour.
 */
export type Messaging =
  | { channel: "whatsapp"; businessAccountId: string /** `ctwa_clid`. */; clickId: string }
  | { channel: "messenger"; pageId: string /** Page-scoped. */; userId: string }
  | { channel: "instagram"; accountId: string /** Instagram-scoped. */; userId: string };

/** The lead that an event of source `crm` is about. */
export interface Lead {
  /** TikTok's id, from its Leads Center. */
  tiktok?: string;
  /** Meta's id, from its Lead Ads: 15 to 17 digits. */
  meta?: string;
  /** Name of the CRM, such as `HubSpot`. Meta optimises on converted leads only with it. */
  crm?: string;
}

/** The shop in which an event of source `store` happened, as Meta knows it. */
export interface Store {
  /** The store's Facebook page. */
  pageId?: string;
  /** Your own code of the store. */
  code?: string;
}

/** What surrounds an event. Which parts a vendor needs depends on `source`. */
export interface EventContext {
  source: Source;
  page?: Page;
  /**
   * The person's own public address, IPv4 or IPv6, one by itself. A collector sets it; never taken from a page's claim.
   * What is no address, such as a list of several, is left out.
   */
  ip?: string;
  userAgent?: string;
  /** BCP 47, such as `en-US`. */
  locale?: string;
  clicks?: Clicks;
  app?: App;
  device?: Device;
  ad?: TikTokAd;
  messaging?: Messaging;
  lead?: Lead;
  store?: Store;
  /** The person's Facebook Login id, scoped to your app. Meta. */
  facebookLoginId?: string;
  /** Your id of the person's subscription. Meta. */
  subscriptionId?: string;
  /** Meta may attribute the event but not optimise on it (`opt_out`). No consent: ask for that first. */
  attributionOnly?: boolean;
}
