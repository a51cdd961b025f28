import type { WireProperties } from "../catalog/read-properties.js";
import { snakeCase } from "../wire.js";
import { toMetaContents } from "./custom-data.js";

/** A member of `custom_events`: texts and numbers only. */
export type AppEventParameters = Record<string, string | number>;

/**
 * Meta's parameter names on App Events. "App Events API", standard event parameters; `ad_type` as both mobile SDKs
 * spell it (the guide's table says `fb_ad_type`).
 */
const parameterNames: Readonly<Partial<Record<keyof WireProperties, string>>> = {
  adType: "ad_type",
  contentType: "fb_content_type",
  currency: "fb_currency",
  deliveryCategory: "fb_delivery_category",
  description: "fb_description",
  level: "fb_level",
  maxRatingValue: "fb_max_rating_value",
  numItems: "fb_num_items",
  orderId: "fb_order_id",
  paymentInfoAvailable: "fb_payment_info_available",
  registrationMethod: "fb_registration_method",
  searchString: "fb_search_string",
  success: "fb_success",
  value: "_valueToSum",
};

/** The properties of travel, vehicles and homes, which have their names on the web with `fb_` in front. */
const prefixed =
  /^(availability|bodyStyle|check(in|out)Date|city|conditionOfVehicle|country|(departing|destination|lease|num|preferred|returning|suggested|travel)[A-Z]\w*|destinationIds|dmaCode|drivetrain|exteriorColor|fuelType|hotelScore|interiorColor|listingType|make|model|neighborhood|originAirport|postalCode|price|propertyType|region|stateOfVehicle|transmission|trim|userBucket|vin|year)$/;

/** Properties as App Events takes them: lists and objects as JSON texts, yes and no as 1 and 0. */
export function toAppEventParameters(
  { contents, contentIds, mileage, ...standard }: WireProperties,
  custom: Readonly<Record<string, unknown>>,
): AppEventParameters {
  const parameters: AppEventParameters = {};
  for (const [name, value] of Object.entries(custom)) parameters[name] = scalar(value);
  for (const [name, value] of Object.entries(standard)) {
    const key = parameterNames[name as keyof WireProperties] ?? `${prefixed.test(name) ? "fb_" : ""}${snakeCase(name)}`;
    parameters[key] = scalar(value);
  }
  if (mileage) Object.assign(parameters, { "fb_mileage.value": mileage.value, "fb_mileage.unit": mileage.unit });
  const items = toMetaContents(contents).map(({ id, quantity, item_price }) => ({ id, quantity, item_price }));
  if (items.length > 0) parameters.fb_content = JSON.stringify(items);
  const [first, ...more] = contentIds ?? [];
  if (first !== undefined) parameters.fb_content_id = more.length > 0 ? JSON.stringify(contentIds) : first;
  return parameters;
}

function scalar(value: unknown): string | number {
  if (typeof value === "number" || typeof value === "string") return value;
  return typeof value === "boolean" ? Number(value) : (JSON.stringify(value) ?? "");
}
