import type { Content } from "./content.js";
import type { StandardProperties } from "./properties.js";
import type { Mileage } from "./vehicles.js";
import { type Complete, type Words, words } from "./word-list.js";

/** The type of a property's value, for each kind that has one. */
interface ValueOfKind {
  /** 0 or more. */
  number: number;
  /** A whole one of 0 or more: vendors refuse others. */
  whole: number;
  /** May be negative. */
  signed: number;
  text: string;
  date: string;
  currency: string;
  boolean: boolean;
  /** A text, a number, true or false. */
  scalar: string | number | boolean;
  ids: readonly (string | number)[];
  range: readonly [least: number, most: number];
  mileage: Mileage;
  contents: readonly Content[];
}

/**
 * The names of each kind. Where the vendors spell the words for a thing differently (the vehicles', the class of
 * travel), it is a text: the types list the words of both.
 */
const namesByKind = {
  number: "value predictedLtv quantity numAdults numChildren numInfants preferredNumStops userScore hotelScore year",
  whole: "numItems maxRatingValue",
  signed: "netRevenue",
  text: "contentName contentCategory contentId orderId itemNumber searchString query description shopId eventChannel leadEventSource productCatalogId userBucket level registrationMethod adType city region country neighborhood dmaCode originAirport destinationAirport travelClass make model stateOfVehicle conditionOfVehicle exteriorColor interiorColor transmission bodyStyle fuelType drivetrain trim vin postalCode viewcontentType searchType registrationType availability listingType propertyType",
  date: "checkinDate checkoutDate departingDepartureDate departingArrivalDate returningDepartureDate returningArrivalDate travelStart travelEnd leaseStartDate leaseEndDate",
  currency: "currency",
  boolean: "paymentInfoAvailable success",
  scalar: "status price",
  ids: "contentIds destinationIds preferredNeighborhoods suggestedDestinations suggestedHotels suggestedLocationBasedItems suggestedVehicles suggestedHomeListings",
  range: "preferredStarRatings preferredPriceRange preferredBathsRange preferredBedsRange",
  mileage: "mileage",
  contents: "contents",
  "product product_group hotel destination flight vehicle home_listing": "contentType",
  "new returning": "customerType",
  "in_store curbside home_delivery": "deliveryCategory",
} as const;

type Kinds = typeof namesByKind;
type Choice = Exclude<keyof Kinds, keyof ValueOfKind>;
type Value<Kind extends keyof Kinds> = Kind extends keyof ValueOfKind ? ValueOfKind[Kind] : Words<Kind>;
type Listed = Words<Kinds[keyof Kinds]>;

/** Names that stand under a kind whose type is not theirs. */
type Misplaced = {
  [Kind in keyof Kinds]: {
    [Name in Words<Kinds[Kind]>]: NonNullable<StandardProperties[Name]> extends Value<Kind> ? never : Name;
  }[Words<Kinds[Kind]>];
}[keyof Kinds];
/** Words that are taken, though the property's type has them not. */
type WrongWord = { [Kind in Choice]: Exclude<Words<Kind>, StandardProperties[Kinds[Kind]]> }[Choice];
/** The compiler proves here that every standard property has a kind, that its type is the kind's, and no other is listed. */
type Name = Complete<Listed, Exclude<keyof StandardProperties, Listed> | Misplaced | WrongWord>;

/** What a property has to be, for the check at run time: a kind, or the words that are taken, with blanks between. */
export type PropertyKind = keyof Kinds;

/** Every standard property and its kind. */
export const propertyKinds: Readonly<Record<Name, PropertyKind>> = /* @__PURE__ */ joinKinds();

function joinKinds(): Record<Name, PropertyKind> {
  const pairs = Object.entries(namesByKind).flatMap(([kind, names]) => words(names).map((name) => [name, kind]));
  // Object.fromEntries forgets the keys; the types above prove them.
  return Object.fromEntries(pairs) as Record<Name, PropertyKind>;
}
