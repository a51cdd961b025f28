import type { TravelDate } from "./travel.js";

/** Homes to rent or to buy. Meta's standard parameters; TikTok lists none. */
export interface HomeProperties {
  availability?: "available_soon" | "for_rent" | "for_sale" | "off_market" | "recently_sold" | "sale_pending";
  listingType?:
    | "for_rent_by_agent"
    | "for_rent_by_owner"
    | "for_sale_by_agent"
    | "for_sale_by_owner"
    | "foreclosed"
    | "new_construction"
    | "new_listing";
  propertyType?: "apartment" | "condo" | "house" | "land" | "manufactured" | "other" | "townhouse";
  leaseStartDate?: TravelDate;
  leaseEndDate?: TravelDate;
  /** Fewest and most bathrooms that the person filters by. */
  preferredBathsRange?: readonly [least: number, most: number];
  /** Fewest and most bedrooms that the person filters by. */
  preferredBedsRange?: readonly [least: number, most: number];
  preferredNeighborhoods?: readonly (string | number)[];
  suggestedHomeListings?: readonly (string | number)[];
}
