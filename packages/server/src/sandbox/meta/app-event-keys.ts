/** App Events API: the parameters it knows (reference page v25.0, Meta's SDKs). */

export const appEventKinds: readonly string[] = ["MOBILE_APP_INSTALL", "CUSTOM_APP_EVENTS", "DEFERRED_APP_LINK"];

/** One of these must be there; the guide names the first two, the SDKs send requests with the others only. */
export const identifiers: readonly string[] = ["advertiser_id", "attribution", "anon_id", "ud"];

/** Top-level parameters that tell who it was. */
export const matchParameters: readonly string[] = [
  ...["advertiser_id", "attribution", "anon_id", "app_user_id", "vendor_id", "user_id", "page_scoped_user_id"],
];

/** Parameters that hold JSON text in a form. */
export const jsonParameters: readonly string[] = [
  ...["custom_events", "ud", "url_schemes", "data_processing_options", "attribution_sources", "operational_parameters"],
];

export const parameters: readonly string[] = [
  ...["event", "access_token", "format", "sdk", "advertiser_id", "attribution", "anon_id"],
  ...["advertiser_tracking_enabled", "application_tracking_enabled", "app_user_id", "user_id", "user_id_type"],
  ...["page_id", "page_scoped_user_id", "custom_events", "custom_events_file", "event_id", "extinfo", "ud"],
  ...["bundle_id", "bundle_version", "bundle_short_version", "install_id", "install_referrer"],
  ...["google_install_referrer", "meta_install_referrer", "install_timestamp", "installer_package", "campaign_ids"],
  ...["click_id", "vendor_id", "url_schemes", "windows_attribution_id", "consider_views", "include_dwell_data"],
  ...["include_video_data", "attribution_referrer", "attribution_sources", "data_processing_options"],
  ...["data_processing_options_country", "data_processing_options_state", "limited_data_use", "device_token"],
  ...["receipt_data", "sdk_version", "operational_parameters", "migration_bundle", "is_fb", "auto_publish"],
  ...["add_to_messaging_customer_base_for_whatsapp", "is_circuit_breaker_active", "circuit_breaker_timeout_ms"],
  ...["advertiser_id_collection_enabled", "application_package_name", "num_skipped_events", "appsecret_proof"],
];

/** Keys of `ud`; `cn` and `country` are both accepted. */
export const userKeys: readonly string[] = [
  ...["em", "fn", "ln", "ph", "ge", "dob", "db", "ct", "st", "zp", "cn", "country", "external_id", "extern_id"],
  ...["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"],
];

export const eventName = /^[0-9a-zA-Z_][0-9a-zA-Z _-]{0,39}$/;

/** Parameter names of an event follow the rule of event names; the SDKs drop others. */
export const parameterName = eventName;

/** Guidance of the SDK headers. */
export const MAX_PARAMETERS = 25;

export const flagValues: Readonly<Record<string, 0 | 1>> = { "0": 0, "1": 1, false: 0, true: 1 };
