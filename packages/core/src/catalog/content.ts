/** One product in an event's `contents`. */
export interface Content {
  /** The product's id in your catalogue. Sent as a string: TikTok refuses numbers. */
  id: string | number;
  /** How many. Meta needs it in every item. */
  quantity?: number;
  /** Price of one, in the event's `currency`. */
  price?: number;
  /** Meta's `title`, TikTok's `content_name`. */
  name?: string;
  /** Meta's `category`, TikTok's `content_category`. */
  category?: string;
  brand?: string;
  /** Meta only; TikTok takes the event's. */
  description?: string;
  /** Meta only; TikTok takes the event's. */
  deliveryCategory?: DeliveryCategory;
}

/** How a purchase reaches the customer. */
export type DeliveryCategory = "in_store" | "curbside" | "home_delivery";
