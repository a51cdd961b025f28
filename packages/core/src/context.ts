import type { Clicks } from "./clicks.js";
import type { Device } from "./device.js";

/**
 * Where the event happened. TikTok takes `web`, `app`, `store` (offline) and `crm`; Meta takes all, `crm` as
 * `system_generated`.
 */
export type Source = "web" | "app" | "store" | "crm" | "email" | "phone_call" | "chat" | "other";

/** The page on which a web event happened. */
export interface Page {
  /** Full address with query. */
  url: string;
  referrer?: string;
  title?: string;
}

/** The app in which an app event happened. */
export interface App {
  /** Package name on Android, bundle id on iOS; TikTok wants the App Store's number for iOS in `storeId`. */
  id: string;
  /** The App Store's numeric id, iOS only. */
  storeId?: string;
  name?: string;
  /** Marketing version, such as `7.7.1`. */
  version?: string;
  /** Build number, such as `771`. */
  build?: string;
}

/** What surrounds an event. Which parts a vendor needs depends on `source`. */
export interface EventContext {
  source: Source;
  page?: Page;
  /** The person's own public address, IPv4 or IPv6. A collector sets it; never taken from a page's claim. */
  ip?: string;
  userAgent?: string;
  /** BCP 47, such as `en-US`. */
  locale?: string;
  clicks?: Clicks;
  app?: App;
  device?: Device;
  /** TikTok's id of the lead, source `crm`. */
  leadId?: string;
  /** Name of the CRM, such as `HubSpot`, source `crm`. */
  crm?: string;
}
