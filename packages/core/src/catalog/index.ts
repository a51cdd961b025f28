export { checkGoal } from "./check-goal.js";
export type { Content, DeliveryCategory } from "./content.js";
export { type Currency, currencies, isCurrency, isTikTokCurrency, tikTokCurrencies } from "./currencies.js";
export type { HomeProperties } from "./homes.js";
export { type LegacyEventName, legacyEventNames } from "./legacy-names.js";
export type { ContentType, StandardProperties } from "./properties.js";
export { type PropertyKind, propertyKinds } from "./property-kinds.js";
export { type ReadProperties, readProperties, type WireContent, type WireProperties } from "./read-properties.js";
export type { EventName, PropertiesOf, Register, TrackArguments } from "./register.js";
export {
  type FunnelStage,
  type Goal,
  type StandardEvent,
  type StandardEventName,
  standardEvents,
} from "./standard-events.js";
export type { TravelDate, TravelProperties } from "./travel.js";
export type { Mileage, VehicleProperties } from "./vehicles.js";
