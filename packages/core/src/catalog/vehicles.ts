/** How far a vehicle has been driven. */
export interface Mileage {
  value: number;
  /** Miles or kilometres. */
  unit: "MI" | "KM";
}

type Either<Value extends string> = Value | Uppercase<Value>;

/**
 * Cars and other vehicles. TikTok: automotive event parameters. Meta: standard parameters. TikTok writes `Sedan`
 * where Meta writes `SEDAN`: both are taken, and what was given goes to both as it is.
 */
export interface VehicleProperties {
  /** Such as `Toyota`. */
  make?: string;
  model?: string;
  /** Of launch, four digits. */
  year?: number;
  stateOfVehicle?: Either<"New" | "Used" | "CPO">;
  conditionOfVehicle?: Either<"Excellent" | "Good" | "Fair" | "Poor" | "Other">;
  mileage?: Mileage;
  exteriorColor?: string;
  interiorColor?: string;
  transmission?: Either<"Automatic" | "Manual" | "Other"> | "NONE";
  bodyStyle?: Either<
    | "Convertible"
    | "Coupe"
    | "Hatchback"
    | "Minivan"
    | "Truck"
    | "SUV"
    | "Sedan"
    | "Van"
    | "Wagon"
    | "Crossover"
    | "Other"
  >;
  /** `PETROL`, `PLUGIN_HYBRID` and `NONE` are Meta's alone. */
  fuelType?:
    | Either<"Diesel" | "Electric" | "Flex" | "Gasoline" | "Hybrid" | "Other">
    | "PETROL"
    | "PLUGIN_HYBRID"
    | "NONE";
  /** TikTok's `FOUR_WD` and `TWO_WD` are Meta's `4X4` and `4X2`. */
  drivetrain?: "AWD" | "FWD" | "RWD" | "FOUR_WD" | "TWO_WD" | "4X4" | "4X2" | "Other" | "OTHER" | "NONE";
  /** Meta takes at most 50 characters. */
  trim?: string;
  /** Vehicle identification number, at most 17 characters. */
  vin?: string;
  /** Meta wants the cost with its currency, `15000 EUR`. */
  price?: number | string;
  /** Lowest and highest price that the person filters by, at most two decimals. */
  preferredPriceRange?: readonly [least: number, most: number];
  /** Where the vehicle or the home is. */
  postalCode?: string;
  /** Meta. */
  suggestedVehicles?: readonly (string | number)[];
  /** TikTok: which kind of page was seen. */
  viewcontentType?: string;
  /** TikTok: which kind of search it was. */
  searchType?: string;
  /** TikTok: which kind of registration it was. */
  registrationType?: string;
}
