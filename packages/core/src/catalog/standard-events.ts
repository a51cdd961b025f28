import type { StandardProperties } from "./properties.js";

/** The stages of the marketing funnel, in order. An event alone shows no `awareness` and no `loyalty`. */
export type FunnelStage = "awareness" | "consideration" | "purchaseIntent" | "purchase" | "loyalty";

type Property = keyof StandardProperties;

/** What an event is wanted for beside being counted. */
export type Goal =
  /** TikTok: Video Shopping Ads. */
  | "videoShopping"
  /** Both vendors: return on advertising spend, value optimisation. */
  | "value"
  /** Meta: ads from a catalogue. */
  | "catalogue";

/** One row of {@link standardEvents}. */
export interface StandardEvent {
  /** What happened, in a sentence. */
  meaning: string;
  /** TikTok's name on web, offline and CRM sources; absent: a custom event there. */
  tiktok?: string;
  /** TikTok's name on the app source; absent: a custom event there. */
  tiktokApp?: string;
  /**
   * Meta's name on the web, by pixel and Conversions API; absent: a custom event there. App-only events go to the
   * Conversions API under the row's own name, which is Meta's.
   */
  meta?: string;
  /** Meta's `_eventName` on App Events; absent: a custom event there. */
  metaApp?: string;
  /** Properties without which a vendor refuses the event. */
  required: readonly Property[];
  /** Properties that each vendor's own event list names. TikTok's `quantity` stands in `contents`. */
  recommended: {
    readonly tiktok?: readonly Property[];
    readonly meta?: readonly Property[];
    readonly metaApp?: readonly Property[];
  };
  /** What each goal that the event serves needs: every member, and of a list in it at least one. */
  goals: { readonly [Name in Goal]?: readonly (Property | readonly Property[])[] };
  /** The campaign objectives for which TikTok can optimise on this event. */
  objectives: readonly ("sales" | "leads")[];
  stage?: FunnelStage;
}

/**
 * The standard events: one row an event, keyed by the name that `track` takes. Types derive from it, and so do the
 * names on the wire.
 * TikTok: "About standard events" (September 2025), the app events of its API and SDKs, "About parameters". Meta: pixel
 * reference, App Events API guide. The goal `value` is on every row for which a vendor lists both currency and value.
 */
export const standardEvents = {
  AchievementUnlocked: {
    meaning: "A player reached an achievement.",
    tiktokApp: "UnlockAchievement",
    metaApp: "fb_mobile_achievement_unlocked",
    required: [],
    recommended: { metaApp: ["description"] },
    goals: {},
    objectives: [],
    stage: "loyalty",
  },
  ActivateApp: {
    meaning: "The app was opened. Not together with a vendor SDK that logs it by itself.",
    tiktokApp: "LaunchAPP",
    metaApp: "fb_mobile_activate_app",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  AdClick: {
    meaning: "An advertisement shown in the app was clicked.",
    tiktokApp: "InAppADClick",
    metaApp: "AdClick",
    required: [],
    recommended: { metaApp: ["adType"] },
    goals: {},
    objectives: [],
  },
  AddPaymentInfo: {
    meaning: "Payment details were added during checkout.",
    tiktok: "AddPaymentInfo",
    tiktokApp: "AddPaymentInfo",
    meta: "AddPaymentInfo",
    metaApp: "fb_mobile_add_payment_info",
    required: [],
    recommended: { meta: ["contentIds", "contents", "currency", "value"], metaApp: ["success"] },
    goals: { value: ["currency", "value"] },
    objectives: ["sales"],
    stage: "purchaseIntent",
  },
  AddToCart: {
    meaning: "An article was put into the cart.",
    tiktok: "AddToCart",
    tiktokApp: "AddToCart",
    meta: "AddToCart",
    metaApp: "fb_mobile_add_to_cart",
    required: [],
    recommended: {
      tiktok: ["contentType", "contentIds", "contents", "description", "currency", "value"],
      meta: ["contentIds", "contentType", "contents", "currency", "value"],
      metaApp: ["contentType", "contentIds", "contents", "currency", "value"],
    },
    goals: {
      videoShopping: ["contentType", ["contentIds", "contents"]],
      value: ["currency", "value"],
      catalogue: ["contents"],
    },
    objectives: ["sales"],
    stage: "purchaseIntent",
  },
  AddToWishlist: {
    meaning: "An article was put on the wish list.",
    tiktok: "AddToWishlist",
    tiktokApp: "AddToWishlist",
    meta: "AddToWishlist",
    metaApp: "fb_mobile_add_to_wishlist",
    required: [],
    recommended: {
      meta: ["contentIds", "contents", "currency", "value"],
      metaApp: ["contentType", "contentIds", "contents", "currency", "value"],
    },
    goals: { value: ["currency", "value"] },
    objectives: ["sales", "leads"],
    stage: "purchaseIntent",
  },
  AdImpression: {
    meaning: "An advertisement was shown in the app; `value` is the revenue from it.",
    tiktokApp: "InAppADImpr",
    metaApp: "AdImpression",
    required: [],
    recommended: { metaApp: ["adType", "value"] },
    goals: {},
    objectives: [],
  },
  ApplicationApproval: {
    meaning: "An application (a loan, a job, a course) was approved by you.",
    tiktok: "ApplicationApproval",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "purchase",
  },
  CompleteRegistration: {
    meaning: "Someone signed up, for an account for example.",
    tiktok: "CompleteRegistration",
    tiktokApp: "Registration",
    meta: "CompleteRegistration",
    metaApp: "fb_mobile_complete_registration",
    required: [],
    recommended: { meta: ["currency", "value", "status"], metaApp: ["registrationMethod"] },
    goals: { value: ["currency", "value"] },
    objectives: ["leads"],
    stage: "consideration",
  },
  Contact: {
    meaning: "Someone got in touch with you.",
    tiktok: "Contact",
    meta: "Contact",
    metaApp: "Contact",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "consideration",
  },
  CreateGroup: {
    meaning: "A player founded a group, a clan for example.",
    tiktokApp: "CreateGroup",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "loyalty",
  },
  CreateRole: {
    meaning: "A player created a character.",
    tiktokApp: "CreateRole",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  CustomizeProduct: {
    meaning: "A product was configured.",
    tiktok: "CustomizeProduct",
    meta: "CustomizeProduct",
    metaApp: "CustomizeProduct",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "consideration",
  },
  Donate: {
    meaning: "Someone gave money to your cause.",
    meta: "Donate",
    metaApp: "Donate",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "purchase",
  },
  Download: {
    meaning: "Something was downloaded from the site. Not an app install.",
    tiktok: "Download",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["sales"],
    stage: "consideration",
  },
  FindLocation: {
    meaning: "Someone looked for one of your places.",
    tiktok: "FindLocation",
    meta: "FindLocation",
    metaApp: "FindLocation",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "consideration",
  },
  ImpressionLevelAdRevenue: {
    meaning: "An advertisement shown in the app earned money. Of TikTok's iOS SDK only.",
    tiktokApp: "ImpressionLevelAdRevenue",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
  },
  InitiateCheckout: {
    meaning: "The checkout was entered.",
    tiktok: "InitiateCheckout",
    tiktokApp: "Checkout",
    meta: "InitiateCheckout",
    metaApp: "fb_mobile_initiated_checkout",
    required: [],
    recommended: {
      meta: ["contentIds", "contents", "currency", "numItems", "value"],
      metaApp: ["contentType", "contentIds", "numItems", "paymentInfoAvailable", "currency", "value"],
    },
    goals: { value: ["currency", "value"] },
    objectives: ["sales"],
    stage: "purchaseIntent",
  },
  JoinGroup: {
    meaning: "A player joined a group.",
    tiktokApp: "JoinGroup",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "loyalty",
  },
  Lead: {
    meaning: "Someone became a lead. TikTok lists `Lead` in its API and `SubmitForm` in its help: use one everywhere.",
    tiktok: "Lead",
    tiktokApp: "GenerateLead",
    meta: "Lead",
    required: [],
    recommended: { meta: ["currency", "value"] },
    goals: { value: ["currency", "value"] },
    objectives: ["leads"],
    stage: "consideration",
  },
  LevelAchieved: {
    meaning: "A player reached a level.",
    tiktokApp: "AchieveLevel",
    metaApp: "fb_mobile_level_achieved",
    required: [],
    recommended: { metaApp: ["level"] },
    goals: {},
    objectives: [],
    stage: "loyalty",
  },
  LoanApplication: {
    meaning: "Someone applied for a loan.",
    tiktokApp: "LoanApplication",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "purchaseIntent",
  },
  LoanApproval: {
    meaning: "A loan was approved.",
    tiktokApp: "LoanApproval",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "purchaseIntent",
  },
  LoanDisbursal: {
    meaning: "A loan was paid out.",
    tiktokApp: "LoanDisbursal",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "purchase",
  },
  Login: {
    meaning: "Someone signed in.",
    tiktokApp: "Login",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  MobileAppInstall: {
    meaning: "The app was installed; reported once a device.",
    tiktokApp: "InstallApp",
    metaApp: "MOBILE_APP_INSTALL",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  PageView: {
    meaning: "A page was shown.",
    tiktok: "Pageview",
    meta: "PageView",
    required: [],
    recommended: {},
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  Purchase: {
    meaning: "An order was placed and paid.",
    tiktok: "Purchase",
    tiktokApp: "Purchase",
    meta: "Purchase",
    metaApp: "fb_mobile_purchase",
    required: ["currency", "value"],
    recommended: {
      tiktok: ["contentType", "contentIds", "contents", "description", "currency", "value"],
      meta: ["contentIds", "contentType", "contents", "currency", "numItems", "value"],
      metaApp: ["numItems", "contentType", "contentIds", "currency", "value"],
    },
    goals: {
      videoShopping: ["contentType", ["contentIds", "contents"]],
      value: ["currency", "value"],
      catalogue: [["contentIds", "contents"]],
    },
    objectives: ["sales"],
    stage: "purchase",
  },
  Rate: {
    meaning: "Something was rated; `value` is the rating.",
    tiktokApp: "Rate",
    metaApp: "fb_mobile_rate",
    required: [],
    recommended: { metaApp: ["contentType", "contentIds", "maxRatingValue", "value"] },
    goals: {},
    objectives: [],
    stage: "loyalty",
  },
  Schedule: {
    meaning: "An appointment was made.",
    tiktok: "Schedule",
    meta: "Schedule",
    metaApp: "Schedule",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "consideration",
  },
  Search: {
    meaning: "Someone searched.",
    tiktok: "Search",
    tiktokApp: "Search",
    meta: "Search",
    metaApp: "fb_mobile_search",
    required: [],
    recommended: {
      tiktok: ["searchString"],
      meta: ["contentIds", "contentType", "contents", "currency", "searchString", "value"],
      metaApp: ["contentType", "searchString", "success"],
    },
    goals: { value: ["currency", "value"], catalogue: [["contentIds", "contents"]] },
    objectives: ["sales", "leads"],
    stage: "consideration",
  },
  SpentCredits: {
    meaning: "In-app credits were spent; `value` is how many.",
    tiktokApp: "SpendCredits",
    metaApp: "fb_mobile_spent_credits",
    required: [],
    recommended: { metaApp: ["contentType", "contentIds", "value"] },
    goals: {},
    objectives: [],
    stage: "purchase",
  },
  StartTrial: {
    meaning: "A free trial began.",
    tiktok: "StartTrial",
    tiktokApp: "StartTrial",
    meta: "StartTrial",
    metaApp: "StartTrial",
    required: [],
    recommended: {
      tiktok: ["contentIds", "currency", "value"],
      meta: ["currency", "predictedLtv", "value"],
      metaApp: ["orderId", "currency", "value"],
    },
    goals: { value: ["currency", "value"] },
    objectives: ["sales"],
    stage: "purchaseIntent",
  },
  SubmitApplication: {
    meaning: "Someone applied for something you offer: a card, a course, a job.",
    tiktok: "SubmitApplication",
    meta: "SubmitApplication",
    metaApp: "SubmitApplication",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "purchaseIntent",
  },
  SubmitForm: {
    meaning: "A form was sent. Custom on Meta, whose nearest standard event is `Lead`.",
    tiktok: "SubmitForm",
    required: [],
    recommended: {},
    goals: {},
    objectives: ["leads"],
    stage: "consideration",
  },
  Subscribe: {
    meaning: "A subscription began.",
    tiktok: "Subscribe",
    tiktokApp: "Subscribe",
    meta: "Subscribe",
    metaApp: "Subscribe",
    required: [],
    recommended: { meta: ["currency", "predictedLtv", "value"], metaApp: ["orderId", "currency", "value"] },
    goals: { value: ["currency", "value"] },
    objectives: ["sales", "leads"],
    stage: "purchase",
  },
  TutorialCompletion: {
    meaning: "The app's tutorial was finished.",
    tiktokApp: "CompleteTutorial",
    metaApp: "fb_mobile_tutorial_completion",
    required: [],
    recommended: { metaApp: ["success", "contentIds"] },
    goals: {},
    objectives: [],
    stage: "consideration",
  },
  ViewContent: {
    meaning: "A page that matters, a product page for example, was seen.",
    tiktok: "ViewContent",
    tiktokApp: "ViewContent",
    meta: "ViewContent",
    metaApp: "fb_mobile_content_view",
    required: [],
    recommended: {
      tiktok: ["contentType", "contentIds", "contents", "description", "currency", "value"],
      meta: ["contentIds", "contentType", "contents", "currency", "value"],
      metaApp: ["contentType", "contentIds", "currency", "value"],
    },
    goals: {
      videoShopping: ["contentType", ["contentIds", "contents"]],
      value: ["currency", "value"],
      catalogue: [["contentIds", "contents"]],
    },
    objectives: ["sales", "leads"],
    stage: "consideration",
  },
} as const satisfies Record<string, StandardEvent>;

/** The names that `track` knows without registration. */
export type StandardEventName = keyof typeof standardEvents;

/** Whether the name is a row of the catalogue. */
export function isStandardEvent(name: string): name is StandardEventName {
  return Object.hasOwn(standardEvents, name);
}
