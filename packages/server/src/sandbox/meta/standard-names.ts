/** The standard events whose App Events name is another than their name on the web and in the Conversions API. */
const appNames: Readonly<Record<string, string>> = {
  AchievementUnlocked: "fb_mobile_achievement_unlocked",
  ActivateApp: "fb_mobile_activate_app",
  AddPaymentInfo: "fb_mobile_add_payment_info",
  AddToCart: "fb_mobile_add_to_cart",
  AddToWishlist: "fb_mobile_add_to_wishlist",
  CompleteRegistration: "fb_mobile_complete_registration",
  ViewContent: "fb_mobile_content_view",
  InitiateCheckout: "fb_mobile_initiated_checkout",
  LevelAchieved: "fb_mobile_level_achieved",
  Purchase: "fb_mobile_purchase",
  Rate: "fb_mobile_rate",
  Search: "fb_mobile_search",
  SpentCredits: "fb_mobile_spent_credits",
  TutorialCompletion: "fb_mobile_tutorial_completion",
  MobileAppInstall: "MOBILE_APP_INSTALL",
};

/** Standard on the web and in the Conversions API. */
const webNames: readonly string[] = [
  ...Object.keys(appNames),
  ...["AdClick", "AdImpression", "Contact", "CustomizeProduct", "Donate", "FindLocation", "Lead", "PageView"],
  ...["Schedule", "StartTrial", "SubmitApplication", "Subscribe"],
];

/** A name that differs from a standard one only by case, or is App Events' word for one, is a custom event's. */
export function webNameWarnings(name: string): string[] {
  if (webNames.includes(name)) return [];
  const byApp = Object.entries(appNames).find(([, appName]) => appName === name)?.[0];
  const byCase = webNames.find((known) => known.toLowerCase() === name.toLowerCase());
  return customWarnings(name, byApp ?? byCase);
}

/** As {@link webNameWarnings}, for App Events, where the web's names are custom. */
export function appNameWarnings(name: string): string[] {
  return customWarnings(name, Object.hasOwn(appNames, name) ? appNames[name] : undefined);
}

function customWarnings(name: string, standard: string | undefined): string[] {
  return standard === undefined ? [] : [`${name} is a custom event here: the standard one is ${standard}`];
}
