import type { Content, DeliveryCategory } from "./content.js";
import type { HomeProperties } from "./homes.js";
import type { TravelProperties } from "./travel.js";
import type { VehicleProperties } from "./vehicles.js";

/**
 * What the ids of an event are of: `product` of single articles, `product_group` of groups of variants. The others are
 * Meta's catalogues for travel, vehicles and homes, which TikTok does not list.
 */
export type ContentType = "product" | "product_group" | "hotel" | "destination" | "flight" | "vehicle" | "home_listing";

/**
 * The properties that TikTok and Meta know, in camelCase. Each vendor gets its own spelling on the wire
 * (`contentIds` → `content_ids`, on Meta App Events `fb_content_id`).
 */
export interface StandardProperties extends TravelProperties, VehicleProperties, HomeProperties {
  /** Total of the event, in `currency`: a plain number of 0 or more, `0` is a value. */
  value?: number;
  /** ISO 4217 code, such as `EUR`. */
  currency?: string;
  contents?: readonly Content[];
  /** Filled in from `contents`. */
  contentIds?: readonly (string | number)[];
  contentType?: ContentType;
  contentName?: string;
  contentCategory?: string;
  /** Number of articles, all quantities added up: a whole number. Filled in from `contents`. */
  numItems?: number;
  orderId?: string;
  /** Meta, in store: tells apart the events of one order. */
  itemNumber?: string;
  searchString?: string;
  description?: string;
  /** Of the order or service; on Meta's CompleteRegistration, whether it is complete. */
  status?: string | boolean;
  /** What the customer is expected to be worth over time, in `currency`. */
  predictedLtv?: number;
  /** Meta: the margin, in `currency`; a loss is negative. */
  netRevenue?: number;
  /** TikTok, web and app. */
  customerType?: "new" | "returning";
  deliveryCategory?: DeliveryCategory;
  /** TikTok. */
  shopId?: string;
  /** Meta: the CRM that a lead came from. */
  leadEventSource?: string;
  /** Meta: the catalogue that the ids are in. */
  productCatalogId?: string;
  /** Meta: a group of persons that you made. */
  userBucket?: string;
  /** Apps: the level reached. */
  level?: string;
  /** Apps: upper end of the rating scale, such as `5`. */
  maxRatingValue?: number;
  paymentInfoAvailable?: boolean;
  /** Apps: how the person registered, such as `Email`. */
  registrationMethod?: string;
  success?: boolean;
  /** Apps: the kind of the advertisement shown or clicked. */
  adType?: string;
  /** @deprecated TikTok's name before Events API 2.0: use `searchString`. */
  query?: string;
  /** @deprecated TikTok's flat form of one content: use `contents`. */
  contentId?: string;
  /** @deprecated TikTok's flat form of one content: use `contents`. */
  quantity?: number;
  /** @deprecated Of TikTok's offline events before Events API 2.0. */
  eventChannel?: string;
}
