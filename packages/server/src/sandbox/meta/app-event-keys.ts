import { anything, digits, listOf, numeric, object, type Shape, string, test } from "../shape.js";

/** App Events API: the parameters it knows (reference page v25.0, Meta's SDKs). */

export const appEventKinds: readonly string[] = ["MOBILE_APP_INSTALL", "CUSTOM_APP_EVENTS", "DEFERRED_APP_LINK"];

/** One of these must be there; the guide names the first two, the SDKs send requests with the others only. */
export const identifiers: readonly string[] = ["advertiser_id", "attribution", "anon_id", "ud"];

/** Top-level parameters that tell who it was. */
export const matchParameters: readonly string[] = [
  ...["advertiser_id", "attribution", "anon_id", "app_user_id", "vendor_id", "user_id", "page_scoped_user_id"],
];

/** Of these, the ones that must not be hashed. */
export const plainParameters: readonly string[] = ["advertiser_id", "attribution", "anon_id", "vendor_id"];

/** Parameters that hold JSON text in a form. */
export const jsonParameters: readonly string[] = [
  ...["custom_events", "ud", "url_schemes", "data_processing_options", "attribution_sources", "operational_parameters"],
];

/** The guide and the iOS SDK write booleans as 0 and 1, the Android SDK as words. */
const flags: readonly (readonly [texts: readonly string[], flag: 0 | 1])[] = [
  [["0", "false"], 0],
  [["1", "true"], 1],
];

/** A boolean in a form, as a number; undefined when it is none. */
export function flagOf(value: unknown): 0 | 1 | undefined {
  return typeof value === "string" ? flags.find(([texts]) => texts.includes(value))?.[1] : undefined;
}

const flag = test("boolean, 0 or 1", (value) => flagOf(value) !== undefined);
const objects = listOf(object({}));

const ofOneShape = (shape: Shape, ...names: string[]) => Object.fromEntries(names.map((name) => [name, shape]));

/** The parameters there are, and what each takes. An unknown one is ignored. */
export const parameters: Readonly<Record<string, Shape>> = {
  ...ofOneShape(string, "event", "access_token", "appsecret_proof", "format", "sdk", "sdk_version"),
  ...ofOneShape(string, "advertiser_id", "attribution", "anon_id", "app_user_id", "user_id", "vendor_id", "install_id"),
  ...ofOneShape(string, "event_id", "bundle_id", "bundle_version", "bundle_short_version", "migration_bundle"),
  ...ofOneShape(string, "install_referrer", "google_install_referrer", "meta_install_referrer", "installer_package"),
  ...ofOneShape(string, "campaign_ids", "click_id", "windows_attribution_id", "attribution_referrer"),
  ...ofOneShape(string, "device_token", "receipt_data", "application_package_name"),
  ...ofOneShape(flag, "advertiser_tracking_enabled", "application_tracking_enabled", "limited_data_use"),
  ...ofOneShape(flag, "consider_views", "include_dwell_data", "include_video_data", "is_fb", "auto_publish"),
  ...ofOneShape(flag, "is_circuit_breaker_active", "advertiser_id_collection_enabled"),
  ...ofOneShape(flag, "add_to_messaging_customer_base_for_whatsapp"),
  ...ofOneShape(digits, "page_id", "page_scoped_user_id", "circuit_breaker_timeout_ms", "num_skipped_events"),
  ...ofOneShape(digits, "data_processing_options_country", "data_processing_options_state"),
  ...ofOneShape(listOf(string), "url_schemes", "data_processing_options"),
  ...ofOneShape(objects, "attribution_sources", "operational_parameters"),
  user_id_type: test("INSTANT_GAMES_PLAYER_ID", (value) => value === "INSTANT_GAMES_PLAYER_ID"),
  install_timestamp: numeric,
  extinfo: test("list of 16", Array.isArray),
  ud: object({}),
  custom_events: anything,
  custom_events_file: anything,
};

/** Keys of `ud`; `cn` and `country` are both accepted. */
export const userKeys: readonly string[] = [
  ...["em", "fn", "ln", "ph", "ge", "dob", "db", "ct", "st", "zp", "cn", "country"],
  ...["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"],
];

/** Keys of `ud` that may be hashed or not. */
export const externalIds: readonly string[] = ["external_id", "extern_id"];

export const eventName = /^[0-9a-zA-Z_][0-9a-zA-Z _-]{0,39}$/;

/** Parameter names of an event follow the rule of event names; the SDKs drop others. */
export const parameterName = eventName;

/** Guidance of the SDK headers. */
export const MAX_PARAMETERS = 25;

/** Events whose `_valueToSum` is an amount of money. */
export const priced: readonly string[] = [
  ...["fb_mobile_add_to_cart", "fb_mobile_add_to_wishlist", "fb_mobile_content_view", "fb_mobile_initiated_checkout"],
  ...["fb_mobile_purchase", "StartTrial", "Subscribe", "AdImpression"],
];

/** What a standard parameter of an event takes; another value is not known to be refused. */
export const itemShapes: Readonly<Record<string, Shape>> = {
  fb_num_items: digits,
  fb_max_rating_value: digits,
  fb_success: test("flag, 0 or 1", (value) => ["0", "1"].includes(String(value))),
  fb_payment_info_available: test("flag, 0 or 1", (value) => ["0", "1"].includes(String(value))),
};
