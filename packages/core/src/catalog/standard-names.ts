import type { standardEvents } from "./standard-events.js";
import { type Complete, type Words, words } from "./word-list.js";

type Rows = typeof standardEvents;
type MetaWebName = { [Name in keyof Rows]: Rows[Name] extends { meta: string } ? Name : never }[keyof Rows];
type OtherName = Exclude<keyof Rows, MetaWebName>;

// Lists of their own, so that the pixel need not carry the whole catalogue; the compiler proves that they say the same.
const onMetaWeb =
  "AddPaymentInfo AddToCart AddToWishlist CompleteRegistration Contact CustomizeProduct Donate FindLocation InitiateCheckout Lead PageView Purchase Schedule Search StartTrial SubmitApplication Subscribe ViewContent";
const elsewhere =
  "AchievementUnlocked ActivateApp AdClick AdImpression ApplicationApproval CreateGroup CreateRole Download ImpressionLevelAdRevenue JoinGroup LevelAchieved LoanApplication LoanApproval LoanDisbursal Login MobileAppInstall Rate SpentCredits SubmitForm TutorialCompletion";

type OnMetaWeb = Words<typeof onMetaWeb>;
type Elsewhere = Words<typeof elsewhere>;
type Listed =
  | Complete<OnMetaWeb, Exclude<MetaWebName, OnMetaWeb> | Exclude<OnMetaWeb, MetaWebName>>
  | Complete<Elsewhere, Exclude<OtherName, Elsewhere> | Exclude<Elsewhere, OtherName>>;

/** Whether the name is a row of the catalogue. */
export function isStandardEvent(name: string): name is Listed {
  return isMetaWebEvent(name) || isListed(elsewhere, name);
}

/** Whether Meta's pixel takes this name by `track`; any other goes by `trackCustom`. */
export function isMetaWebEvent(name: string): boolean {
  return isListed(onMetaWeb, name);
}

function isListed(list: string, name: string): boolean {
  return words(list).includes(name);
}
