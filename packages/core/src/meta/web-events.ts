import type { standardEvents } from "../catalog/standard-events.js";

/**
 * Meta's standard web events. A list of its own, so that the pixel need not carry the whole catalogue; the compiler
 * proves that it names exactly the rows that have a `meta` name.
 */
const names = {
  AddPaymentInfo: true,
  AddToCart: true,
  AddToWishlist: true,
  CompleteRegistration: true,
  Contact: true,
  CustomizeProduct: true,
  Donate: true,
  FindLocation: true,
  InitiateCheckout: true,
  Lead: true,
  PageView: true,
  Purchase: true,
  Schedule: true,
  Search: true,
  StartTrial: true,
  SubmitApplication: true,
  Subscribe: true,
  ViewContent: true,
} as const satisfies Record<MetaWebEvent, true>;

type Rows = typeof standardEvents;
type MetaWebEvent = { [Name in keyof Rows]: Rows[Name] extends { meta: string } ? Name : never }[keyof Rows];

/** Whether Meta's pixel takes this name by `track`; any other goes by `trackCustom`. */
export function isMetaWebEvent(name: string): boolean {
  return Object.hasOwn(names, name);
}
