import type { standardEvents } from "./standard-events.js";

type Rows = typeof standardEvents;

/**
 * Every standard event, and whether Meta lists it for the web. A list of its own, so that the pixel need not carry the
 * whole catalogue; the compiler proves that it says the same.
 */
const isOnMetaWeb: { readonly [Name in keyof Rows]: Rows[Name] extends { meta: string } ? true : false } = {
  AchievementUnlocked: false,
  ActivateApp: false,
  AdClick: false,
  AdImpression: false,
  AddPaymentInfo: true,
  AddToCart: true,
  AddToWishlist: true,
  ApplicationApproval: false,
  CompleteRegistration: true,
  Contact: true,
  CustomizeProduct: true,
  Donate: true,
  Download: false,
  FindLocation: true,
  InitiateCheckout: true,
  Lead: true,
  LevelAchieved: false,
  MobileAppInstall: false,
  PageView: true,
  Purchase: true,
  Rate: false,
  Schedule: true,
  Search: true,
  SpentCredits: false,
  StartTrial: true,
  SubmitApplication: true,
  SubmitForm: false,
  Subscribe: true,
  TutorialCompletion: false,
  ViewContent: true,
};

/** Whether the name is a row of the catalogue. */
export function isStandardEvent(name: string): name is keyof Rows {
  return Object.hasOwn(isOnMetaWeb, name);
}

/** Whether Meta's pixel takes this name by `track`; any other goes by `trackCustom`. */
export function isMetaWebEvent(name: string): boolean {
  return isStandardEvent(name) && isOnMetaWeb[name];
}
