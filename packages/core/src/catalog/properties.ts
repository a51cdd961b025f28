/** One product in {@link StandardProperties.contents}. */
export interface Content {
  /** The product's id in your catalogue. Sent as a string: TikTok refuses numbers. */
  id: string | number;
  /** How many. Meta needs it in every item. */
  quantity?: number;
  /** Price of one, in the event's `currency`. */
  price?: number;
  name?: string;
  category?: string;
  brand?: string;
}

/**
 * The properties that TikTok and Meta know, in camelCase. Each vendor gets its own spelling on the wire
 * (`contentIds` → `content_ids`, on Meta App Events `fb_content_id`).
 */
export interface StandardProperties {
  /** Total of the event, in `currency`: a plain number, `0` is a value. */
  value?: number;
  /** ISO 4217 code, such as `EUR`. */
  currency?: string;
  contents?: readonly Content[];
  contentIds?: readonly (string | number)[];
  /** `product` when ids are of single articles, `product_group` when of a group of variants. */
  contentType?: "product" | "product_group";
  contentName?: string;
  contentCategory?: string;
  /** Number of articles, all quantities added up. */
  numItems?: number;
  orderId?: string;
  searchString?: string;
  description?: string;
  status?: string | boolean;
  /** What the customer is expected to be worth over time, in `currency`. */
  predictedLtv?: number;
  netRevenue?: number;
  customerType?: "new" | "returning";
  deliveryCategory?: "in_store" | "curbside" | "home_delivery";
  shopId?: string;
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
}

/** What a property has to be, for the check at run time. */
export type PropertyKind =
  | "number"
  | "string"
  | "boolean"
  | "currency"
  | "contents"
  | "ids"
  | "status"
  | readonly string[];

/** Every standard property and its kind; proved complete against {@link StandardProperties} by the compiler. */
export const propertyKinds = {
  value: "number",
  currency: "currency",
  contents: "contents",
  contentIds: "ids",
  contentType: ["product", "product_group"],
  contentName: "string",
  contentCategory: "string",
  numItems: "number",
  orderId: "string",
  searchString: "string",
  description: "string",
  status: "status",
  predictedLtv: "number",
  netRevenue: "number",
  customerType: ["new", "returning"],
  deliveryCategory: ["in_store", "curbside", "home_delivery"],
  shopId: "string",
  level: "string",
  maxRatingValue: "number",
  paymentInfoAvailable: "boolean",
  registrationMethod: "string",
  success: "boolean",
  adType: "string",
} as const satisfies Record<keyof StandardProperties, PropertyKind>;
