import {
  anything,
  boolean,
  digits,
  either,
  flag,
  integer,
  listOf,
  numeric,
  object,
  type Shape,
  string,
} from "../shape.js";

/** Conversions API: the keys it knows and their types. An event, user_data or app_data with another key is refused. */

/** Parameters beside `data`. An unknown one is not known to be refused, as the Graph API ignores such. */
export const parameters: readonly string[] = [
  ...["data", "access_token", "appsecret_proof", "test_event_code", "partner_agent", "namespace_id", "upload_id"],
  ...["upload_tag", "upload_source", "progress", "trace", "platforms"],
  // The id of the dataset, which Meta's Node SDK repeats.
  "id",
];

export const actionSources = [
  ...(["website", "app", "physical_store", "email", "phone_call", "chat", "system_generated"] as const),
  ...(["business_messaging", "other"] as const),
] as const;
export type ActionSource = (typeof actionSources)[number];

/** Customer information Meta asks to be hashed; refused when it is not (2804016). */
export const hashedUserKeys: readonly string[] = [
  ...["em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country"],
  // Known to Meta's SDKs only: first letters, initial, parts of the birth date.
  ...["f5first", "f5last", "fi", "dobd", "dobm", "doby"],
];

/** Never hashed. */
export const plainUserKeys: readonly string[] = [
  ...["client_user_agent", "fbc", "fbp", "subscription_id", "anon_id", "madid", "ctwa_clid", "ig_account_id", "ig_sid"],
  ...["page_id", "page_scoped_user_id", "whatsapp_business_account_id"],
];

/** Sent by a partner about itself; says nothing about the person. */
export const notMatchKeys: readonly string[] = ["partner_id", "partner_name"];

const stringOrList = either(string, listOf(string));
const identifier = either(string, integer);

const userFields: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(hashedUserKeys.map((key) => [key, stringOrList])),
  ...Object.fromEntries(plainUserKeys.map((key) => [key, identifier])),
  external_id: stringOrList,
  client_ip_address: string,
  client_user_agent: string,
  fbc: string,
  fbp: string,
  fb_login_id: digits,
  lead_id: digits,
  app_user_id: stringOrList,
  partner_id: string,
  partner_name: string,
};

const appFields: Readonly<Record<string, Shape>> = {
  advertiser_tracking_enabled: flag,
  application_tracking_enabled: flag,
  extinfo: listOf(either(string, numeric)),
  campaign_ids: either(string, listOf(string)),
  install_referrer: string,
  installer_package: string,
  url_schemes: listOf(string),
  vendor_id: string,
  windows_attribution_id: string,
  consider_views: flag,
  include_dwell_data: flag,
  include_video_data: flag,
  receipt_data: string,
  device_token: string,
  // Meta's documents put it in user_data; a large connector sends it here in production.
  madid: string,
};

/** An item of contents; open, as custom_data is. */
const contentFields: Readonly<Record<string, Shape>> = {
  id: identifier,
  quantity: numeric,
  item_price: numeric,
  title: string,
  description: string,
  brand: string,
  category: string,
  delivery_category: string,
};

/** Custom keys are welcome in custom_data. */
const customFields: Readonly<Record<string, Shape>> = {
  value: numeric,
  currency: string,
  content_name: string,
  content_category: string,
  content_ids: listOf(identifier),
  contents: listOf(object(contentFields)),
  content_type: string,
  order_id: identifier,
  predicted_ltv: numeric,
  num_items: digits,
  search_string: string,
  item_number: identifier,
  delivery_category: string,
  net_revenue: numeric,
  store_data: object({}),
};

/** Values Meta documents for a key of custom_data; another value is not known to be refused. */
export const customValues: Readonly<Record<string, readonly string[]>> = {
  delivery_category: ["in_store", "curbside", "home_delivery"],
};

const eventFields: Readonly<Record<string, Shape>> = {
  event_name: string,
  event_time: integer,
  action_source: string,
  user_data: object(userFields, { exact: true }),
  event_source_url: string,
  event_id: string,
  custom_data: object(customFields),
  app_data: object(appFields, { exact: true }),
  opt_out: boolean,
  referrer_url: string,
  data_processing_options: listOf(string),
  data_processing_options_country: integer,
  data_processing_options_state: integer,
  original_event_data: object({ event_name: string, event_time: integer, order_id: identifier, event_id: string }),
  attribution_data: object({}),
  messaging_channel: string,
  customer_segmentation: anything,
  advanced_measurement_table: anything,
};

export const eventShape = object(eventFields, {
  exact: true,
  required: ["event_name", "event_time", "action_source", "user_data"],
});

/** What an action source needs besides, as paths into the event. */
export const requiredByActionSource: Readonly<Partial<Record<ActionSource, readonly (readonly string[])[]>>> = {
  // One live probe saw the user agent not enforced; Meta's documents require it, and so do we.
  website: [["event_source_url"], ["user_data", "client_user_agent"]],
  // application_tracking_enabled was required on older pages and is optional since 2026.
  app: [
    ["app_data", "advertiser_tracking_enabled"],
    ["app_data", "extinfo"],
  ],
  business_messaging: [["messaging_channel"]],
};

/** The messaging channels there are, and what each needs in user_data. */
export const channels: readonly (readonly [channel: string, required: readonly string[]])[] = [
  ["whatsapp", ["whatsapp_business_account_id", "ctwa_clid"]],
  ["messenger", ["page_id", "page_scoped_user_id"]],
  ["instagram", ["ig_account_id", "ig_sid"]],
];

/** What happens in conversations: no other name is taken. "Conversions API for business messaging" (September 2026). */
export const messagingEvents: readonly string[] = [
  ...["AddToCart", "CartAbandoned", "InitiateCheckout", "Purchase", "ViewContent"],
  ...["LeadSubmitted", "QualifiedLead", "RatingProvided", "ReviewProvided"],
  ...["OrderCanceled", "OrderCreated", "OrderDelivered", "OrderReturned", "OrderShipped"],
];

/** An event with no identifier outside one of these sets is refused (2804050). */
export const weakCombinations: readonly (readonly string[])[] = [
  ["ct", "country", "st", "zp", "ge", "client_user_agent"],
  ["db", "client_user_agent"],
  ["fn", "ge"],
  ["ln", "ge"],
];
