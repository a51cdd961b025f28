export { type LegacyEventName, legacyEventNames } from "./legacy-names.js";
export { type Content, type PropertyKind, propertyKinds, type StandardProperties } from "./properties.js";
export type { EventName, PropertiesOf, Register, TrackArguments } from "./register.js";
export { type FunnelStage, type StandardEvent, type StandardEventName, standardEvents } from "./standard-events.js";
