import type { StandardEventName } from "./standard-events.js";

/**
 * Old and reserved TikTok names → today's. An event of such a name is sent as it is and reported with an issue.
 * `undefined` where TikTok names no replacement that is a standard event today. TikTok help, reserved event names (September 2025).
 */
export const legacyEventNames = {
  AddBilling: "AddPaymentInfo",
  Browse: "PageView",
  Checkout: undefined,
  ClickButton: undefined,
  ClickForm: "SubmitForm",
  ClickInDownloadPage: undefined,
  ClickToDownload: "Download",
  CompletePayment: "Purchase",
  Consult: "Contact",
  ConsultByPhone: "Contact",
  PlaceAnOrder: undefined,
  Registration: "CompleteRegistration",
  StartCheckout: "InitiateCheckout",
  ViewConsultationPage: "ViewContent",
  ViewDownloadPage: "ViewContent",
  ViewForm: "ViewContent",
} as const satisfies Record<string, StandardEventName | undefined>;

/** The old names that are accepted and kept. */
export type LegacyEventName = keyof typeof legacyEventNames;
