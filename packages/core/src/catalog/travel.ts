/**
 * A day or a time in the place's own time zone: `YYYYMMDD`, `YYYY-MM-DD`, or an ISO 8601 date-time such as
 * `2026-12-24T15:30+01:00`. Both vendors take these three and no others.
 */
export type TravelDate = string;

/**
 * Journeys, hotels, destinations. TikTok: travel event parameters. Meta: standard parameters. Where the two spell a
 * value differently, it goes to both as it was given.
 */
export interface TravelProperties {
  /** City of the destination, not of the person. Meta asks for no abbreviation. */
  city?: string;
  /** State, district or region of the destination. */
  region?: string;
  /** Country of the destination, not of the person. */
  country?: string;
  /** Meta: quarter of the destination that is of interest. */
  neighborhood?: string;
  /** Meta: the market area (DMA) whose offers are looked at. */
  dmaCode?: string;
  /** First night in the hotel. */
  checkinDate?: TravelDate;
  /** Day of leaving the hotel. */
  checkoutDate?: TravelDate;
  /** Start of the outward journey. */
  departingDepartureDate?: TravelDate;
  /** End of the outward journey. */
  departingArrivalDate?: TravelDate;
  /** Start of the way back. */
  returningDepartureDate?: TravelDate;
  /** End of the way back. */
  returningArrivalDate?: TravelDate;
  travelStart?: TravelDate;
  travelEnd?: TravelDate;
  /** IATA code, such as `SFO`. */
  originAirport?: string;
  /** IATA code, such as `CDG`. */
  destinationAirport?: string;
  /** Ids in your catalogue of destinations. */
  destinationIds?: readonly (string | number)[];
  numAdults?: number;
  numChildren?: number;
  numInfants?: number;
  /** TikTok spells it `eco`, `prem`, `bus`; Meta `economy`, `premium`, `business`. */
  travelClass?: "eco" | "prem" | "bus" | "first" | "economy" | "premium" | "business";
  /** Highest number of stops that the person wants. */
  preferredNumStops?: number;
  /** Meta: fewest and most stars that the person filters by. */
  preferredStarRatings?: readonly [least: number, most: number];
  suggestedDestinations?: readonly (string | number)[];
  suggestedHotels?: readonly (string | number)[];
  /** Meta. */
  suggestedLocationBasedItems?: readonly (string | number)[];
  /** TikTok: what the person is worth to you, beside others. */
  userScore?: number;
  /** Meta: what the hotel is worth to you, beside your others. */
  hotelScore?: number;
}
