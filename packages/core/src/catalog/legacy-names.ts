import type { StandardEventName } from "./standard-events.js";

/**
 * Old and reserved TikTok names → the name that TikTok's list gives for each. An event of such a name is sent as it is
 * and reported with an issue. `undefined` where the list gives none; two names lead to one that is old itself.
 * TikTok help, reserved event names (September 2025); the last three are from "About standard events" (April 2025).
 */
export const legacyEventNames = {
  AddBilling: "AddPaymentInfo",
  Browse: "PageView",
  Checkout: "PlaceAnOrder",
  ClickForm: "SubmitForm",
  ClickInDownloadPage: "ClickButton",
  ClickToDownload: "Download",
  Consult: "Contact",
  ConsultByPhone: "Contact",
  Registration: "CompleteRegistration",
  StartCheckout: "InitiateCheckout",
  ViewConsultationPage: "ViewContent",
  ViewDownloadPage: "ViewContent",
  ViewForm: "ViewContent",
  ClickButton: undefined,
  CompletePayment: "Purchase",
  PlaceAnOrder: undefined,
} as const satisfies Record<string, StandardEventName | "ClickButton" | "PlaceAnOrder" | undefined>;

/** The old names that are accepted and kept. */
export type LegacyEventName = keyof typeof legacyEventNames;

/** Whether TikTok lists the name as an old or reserved one. */
export function isLegacyName(name: string): name is LegacyEventName {
  return Object.hasOwn(legacyEventNames, name);
}
