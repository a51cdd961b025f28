import { anything, boolean, either, integer, listOf, object, type Shape, string, test } from "../shape.js";

/** Events API 2.0, TikTok portal doc 1771101303285761: the fields it knows and their types. */

export type TikTokSource = "web" | "app" | "offline" | "crm";
export const sources: readonly TikTokSource[] = ["web", "app", "offline", "crm"];

const stringOrList = either(string, listOf(string));

/** A number, or a text of digits and a point, without sign, symbol or comma. */
const amount = test("number", (value) =>
  Number.isFinite(value) || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)));

/** The call's own fields; `test_event_code` and `partner_name` belong here and not into an event. */
export const callFields: Readonly<Record<string, Shape>> = {
  event_source: string,
  event_source_id: string,
  test_event_code: string,
  partner_name: string,
  data: listOf(anything),
};

/** Hashed with SHA-256 before sending. */
export const hashedUserKeys = ["email", "phone", "external_id", "first_name", "last_name", "zip_code"];
/** Never hashed (idfa and gaid may be). */
export const plainUserKeys = ["ttclid", "ttp", "user_agent", "idfv", "city", "state", "country"];
/** In user{} but telling nobody apart. */
export const notMatchKeys = ["locale", "att_status"];

export const userFields: Readonly<Record<string, Shape>> = {
  email: stringOrList,
  phone: stringOrList,
  external_id: stringOrList,
  ttclid: string,
  ttp: string,
  ip: string,
  user_agent: string,
  locale: string,
  idfa: string,
  idfv: string,
  gaid: string,
  att_status: string,
  first_name: string,
  last_name: string,
  zip_code: string,
  city: string,
  state: string,
  country: string,
};

/** Which user keys each source takes. Name and address are documented for web only; for the others that is open. */
export const userKeysOf: Readonly<Record<TikTokSource, readonly string[]>> = {
  web: [
    ...["email", "phone", "external_id", "ttclid", "ttp", "ip", "user_agent", "locale"],
    ...["first_name", "last_name", "zip_code", "city", "state", "country"],
  ],
  app: ["email", "phone", "ip", "user_agent", "locale", "idfa", "idfv", "gaid", "att_status"],
  offline: ["email", "phone"],
  crm: ["email", "phone", "external_id"],
};

/** Which optional event fields only some sources take. */
export const sourcesOfField: Readonly<Record<string, readonly TikTokSource[]>> = {
  event_id: ["web", "offline", "crm"],
  page: ["web"],
  app: ["app"],
  ad: ["app", "web"],
  limited_data_use: ["web", "app"],
  lead: ["crm"],
};

export const attStatuses = ["AUTHORIZED", "DENIED", "NOT_DETERMINED", "RESTRICTED", "NOT_APPLICABLE"];

const contentFields: Readonly<Record<string, Shape>> = {
  content_id: string,
  content_name: string,
  content_category: string,
  price: amount,
  quantity: amount,
  brand: string,
};

/** Keys of an item; in properties themselves they are the tag's way to name a single one. */
export const contentKeys: readonly string[] = Object.keys(contentFields);

/** Unknown keys under properties are accepted in practice, so this table is open. */
const propertyFields: Readonly<Record<string, Shape>> = {
  content_ids: listOf(string),
  contents: listOf(object(contentFields)),
  content_type: string,
  currency: string,
  value: amount,
  num_items: integer,
  search_string: string,
  description: string,
  order_id: string,
  shop_id: string,
  customer_type: string,
  query: string,
  delivery_category: string,
  predicted_ltv: amount,
  status: string,
};

/** Properties of the older API, as TikTok's own SDK has them. */
export const olderPropertyFields: Readonly<Record<string, Shape>> = {
  contents: listOf(object({ ...contentFields, content_type: string, status: string })),
  currency: string,
  value: amount,
  description: string,
  query: string,
};

/** Values TikTok documents for a property; another value is not known to be refused. */
export const propertyValues: Readonly<Record<string, readonly string[]>> = {
  content_type: ["product", "product_group"],
  customer_type: ["new", "returning"],
  delivery_category: ["in_store", "curbside", "home_delivery"],
};

export const eventFields: Readonly<Record<string, Shape>> = {
  event: string,
  event_time: integer,
  event_id: string,
  user: object(userFields),
  properties: object(propertyFields),
  page: object({ url: string, referrer: string }),
  app: object({ app_id: string, app_name: string, app_version: string }),
  ad: object({
    callback: string,
    campaign_id: string,
    ad_id: string,
    creative_id: string,
    is_retargeting: boolean,
    attributed: boolean,
    attribution_type: string,
    attribution_provider: string,
    attribution_share: amount,
  }),
  limited_data_use: boolean,
  lead: object({ lead_id: string, lead_event_source: string }),
  // Client hints; sent by TikTok's own tag template, not documented.
  device: anything,
};

type RequiredPath = readonly [part: string, key: string];

/** What must be there and not empty, besides `event` and `event_time`. One of the listed paths is enough. */
export const requiredBySource: Readonly<Record<TikTokSource, readonly [RequiredPath, ...RequiredPath[]]>> = {
  web: [["page", "url"]],
  app: [["app", "app_id"]],
  offline: [
    ["user", "email"],
    ["user", "phone"],
  ],
  crm: [["lead", "lead_id"]],
};
