import type { TikTokSource } from "./keys.js";

/** Standard names (both Lead and SubmitForm: TikTok's own documents disagree) and the older ones still accepted. */
const standardEvents: readonly string[] = [
  ...["AddPaymentInfo", "AddToCart", "AddToWishlist", "ApplicationApproval", "CompleteRegistration", "Contact"],
  ...["CustomizeProduct", "Download", "FindLocation", "InitiateCheckout", "Lead", "Purchase", "Schedule", "Search"],
  ...["StartTrial", "SubmitApplication", "SubmitForm", "Subscribe", "ViewContent"],
  ...["ClickButton", "CompletePayment", "PlaceAnOrder", "Pageview", "PageView"],
];

/** Standard names of app events; an app's other names are custom. */
const appEvents: readonly string[] = [
  ...["2Dretention", "AchieveLevel", "AddPaymentInfo", "AddToCart", "AddToWishlist", "Checkout", "CompleteTutorial"],
  ...["CreateGroup", "CreateRole", "GenerateLead", "ImpressionLevelAdRevenue", "InAppADClick", "InAppADImpr"],
  ...["InAppAdImpr", "InstallApp", "JoinGroup", "LaunchAPP", "LoanApplication", "LoanApproval", "LoanDisbursal"],
  ...["Login", "Purchase", "Rate", "Registration", "Search", "SpendCredits", "StartTrial", "Subscribe"],
  ...["UnlockAchievement", "ViewContent"],
];

/** Custom names: up to 50 characters, a letter first, a letter or digit last (help page "custom events", Feb 2026). */
const customName = /^[A-Za-z]([A-Za-z0-9_-]{0,48}[A-Za-z0-9])?$/;

/** What is odd about an event's name. Names are case-sensitive, so one that differs by case alone is another event. */
export function nameWarnings(name: string, source: TikTokSource): string[] {
  const standard = source === "app" ? appEvents : standardEvents;
  if (standard.includes(name)) return [];
  if (source === "offline") return ["offline events take standard names only"];
  const meant = standard.find((known) => known.toLowerCase() === name.toLowerCase());
  if (meant !== undefined) return [`${name} is a custom event: the standard one is ${meant}`];
  return customName.test(name) ? [] : ["not a valid custom event name"];
}
