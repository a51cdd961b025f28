import type { LegacyEventName } from "./legacy-names.js";
import type { StandardProperties } from "./properties.js";
import type { StandardEventName, standardEvents } from "./standard-events.js";

/**
 * Augment this once to add your own events, and properties of your own to every standard event, for browser and server
 * alike. The properties are optional, since automatic page views have none of them, and go to the vendors under their
 * own names, with an `unknown_property` warning: at run time they can not be told from a misspelling. A file that has
 * neither import nor export would replace the package's types by this.
 * ```ts
 * export {};
 *
 * declare module "@beaconry/core" {
 *   interface Register {
 *     events: { QuizFinished: { score: number } };
 *     properties: { loyaltyTier: string };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented.
export interface Register {}

type RegisteredEvents = Register extends { events: infer Events } ? Events : Record<never, never>;
type RegisteredProperties = Register extends { properties: infer Properties }
  ? Partial<Omit<Properties, keyof StandardProperties>>
  : Record<never, never>;

/** Every name that `track` takes: standard, old TikTok names, and your registered ones. */
export type EventName = StandardEventName | LegacyEventName | (keyof RegisteredEvents & string);

type WithRequired<Name extends StandardEventName> = StandardProperties &
  RegisteredProperties &
  Required<Pick<StandardProperties, (typeof standardEvents)[Name]["required"][number]>>;

/** The properties of the event `Name`: all standard ones, those that its row requires not optional, and your own. */
export type PropertiesOf<Name extends EventName> = Name extends keyof RegisteredEvents
  ? RegisteredEvents[Name]
  : Name extends StandardEventName
    ? WithRequired<Name>
    : StandardProperties & RegisteredProperties;

/** The arguments of `track` after the name: properties may be left out only where none is required. */
export type TrackArguments<Name extends EventName, Options> =
  Record<never, never> extends PropertiesOf<Name>
    ? [properties?: PropertiesOf<Name>, options?: Options]
    : [properties: PropertiesOf<Name>, options?: Options];
