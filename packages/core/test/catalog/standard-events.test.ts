import { legacyEventNames, type StandardEvent, standardEvents } from "@beaconry/core";
import { describe, expect, it } from "vitest";
import { isStandardEvent } from "../../src/catalog/standard-events.js";
import { isMetaWebEvent } from "../../src/catalog/standard-names.js";

const rows: [string, StandardEvent][] = Object.entries(standardEvents);
const names = (column: "tiktok" | "tiktokApp" | "meta" | "metaApp") =>
  rows.flatMap(([, row]) => row[column] ?? []).sort();
const words = (text: string) => text.trim().split(/\s+/);
const sorted = (text: string) => words(text).sort();

/** Typed out from the vendors' pages, never derived from the table. */
const web18 = `AddPaymentInfo AddToCart AddToWishlist ApplicationApproval CompleteRegistration Contact CustomizeProduct
  Download FindLocation InitiateCheckout Purchase Schedule Search StartTrial SubmitApplication SubmitForm Subscribe
  ViewContent`;
const metaApp24 = `AdClick AdImpression Contact CustomizeProduct Donate FindLocation Schedule StartTrial SubmitApplication
  Subscribe fb_mobile_achievement_unlocked fb_mobile_activate_app fb_mobile_add_payment_info fb_mobile_add_to_cart
  fb_mobile_add_to_wishlist fb_mobile_complete_registration fb_mobile_content_view fb_mobile_initiated_checkout
  fb_mobile_level_achieved fb_mobile_purchase fb_mobile_rate fb_mobile_search fb_mobile_spent_credits
  fb_mobile_tutorial_completion`;

describe("the names", () => {
  it("has all of TikTok's 18 standard events, Lead, which its API lists, and the page view", () => {
    expect(words(web18)).toHaveLength(18);
    expect(names("tiktok")).toEqual([...words(web18), "Lead", "Pageview"].sort());
  });

  it("has TikTok's app events, and the one of iOS only", () => {
    const list = `AchieveLevel AddPaymentInfo AddToCart AddToWishlist Checkout CompleteTutorial CreateGroup CreateRole
      GenerateLead InAppADClick InAppADImpr InstallApp JoinGroup LaunchAPP LoanApplication LoanApproval LoanDisbursal
      Login Purchase Rate Registration Search SpendCredits StartTrial Subscribe UnlockAchievement ViewContent
      ImpressionLevelAdRevenue`;
    expect(names("tiktokApp")).toEqual(sorted(list));
  });

  it("has every standard web event of Meta", () => {
    const list = `AddPaymentInfo AddToCart AddToWishlist CompleteRegistration Contact CustomizeProduct Donate FindLocation
      InitiateCheckout Lead PageView Purchase Schedule Search StartTrial SubmitApplication Subscribe ViewContent`;
    expect(names("meta")).toEqual(sorted(list));
    expect(
      rows
        .filter(([name]) => isMetaWebEvent(name))
        .map(([name]) => name)
        .sort(),
    ).toEqual(sorted(list));
  });

  it("has Meta's 24 app events and the install", () => {
    expect(words(metaApp24)).toHaveLength(24);
    expect(names("metaApp")).toEqual([...words(metaApp24), "MOBILE_APP_INSTALL"].sort());
  });

  it.each([
    // row, TikTok web, TikTok app, Meta web, Meta app
    ["ApplicationApproval", "ApplicationApproval", undefined, undefined, undefined],
    [
      "CompleteRegistration",
      "CompleteRegistration",
      "Registration",
      "CompleteRegistration",
      "fb_mobile_complete_registration",
    ],
    ["Donate", undefined, undefined, "Donate", "Donate"],
    ["Download", "Download", undefined, undefined, undefined],
    ["InitiateCheckout", "InitiateCheckout", "Checkout", "InitiateCheckout", "fb_mobile_initiated_checkout"],
    ["Lead", "Lead", "GenerateLead", "Lead", undefined],
    ["SubmitForm", "SubmitForm", undefined, undefined, undefined],
    ["PageView", "Pageview", undefined, "PageView", undefined],
    ["LevelAchieved", undefined, "AchieveLevel", undefined, "fb_mobile_level_achieved"],
    ["SpentCredits", undefined, "SpendCredits", undefined, "fb_mobile_spent_credits"],
    ["MobileAppInstall", undefined, "InstallApp", undefined, "MOBILE_APP_INSTALL"],
    ["Login", undefined, "Login", undefined, undefined],
  ])("names %s as each vendor does", (name, tiktok, tiktokApp, meta, metaApp) => {
    const row = new Map(rows).get(name);
    expect([row?.tiktok, row?.tiktokApp, row?.meta, row?.metaApp]).toEqual([tiktok, tiktokApp, meta, metaApp]);
  });

  it("has the vendors' web names as its own, since tags send the event's name as it is", () => {
    for (const [name, { tiktok = name, meta = name }] of rows) {
      // `ttq.page()` takes no name.
      expect([name, tiktok, meta]).toEqual([name, name === "PageView" ? "Pageview" : name, name]);
    }
  });

  it("knows its rows by name, and nothing else", () => {
    for (const [name] of rows) expect(isStandardEvent(name)).toBe(true);
    for (const name of ["", "purchase", "AddToCart AddToWishlist", "QuizFinished", "toString"]) {
      expect(isStandardEvent(name)).toBe(false);
    }
  });
});

describe("the properties", () => {
  it("requires value and currency of a purchase, and nothing elsewhere", () => {
    for (const [name, { required }] of rows) {
      expect(required).toEqual(name === "Purchase" ? ["currency", "value"] : []);
    }
  });

  it.each([
    [
      "tiktok",
      {
        AddToCart: "contentType contentIds contents description currency value",
        Purchase: "contentType contentIds contents description currency value",
        ViewContent: "contentType contentIds contents description currency value",
        StartTrial: "contentIds currency value",
        Search: "searchString",
      },
    ],
    [
      "meta",
      {
        AddPaymentInfo: "contentIds contents currency value",
        AddToCart: "contentIds contentType contents currency value",
        AddToWishlist: "contentIds contents currency value",
        CompleteRegistration: "currency value status",
        InitiateCheckout: "contentIds contents currency numItems value",
        Lead: "currency value",
        Purchase: "contentIds contentType contents currency numItems value",
        Search: "contentIds contentType contents currency searchString value",
        StartTrial: "currency predictedLtv value",
        Subscribe: "currency predictedLtv value",
        ViewContent: "contentIds contentType contents currency value",
      },
    ],
    [
      "metaApp",
      {
        AchievementUnlocked: "description",
        AdClick: "adType",
        AdImpression: "adType value",
        AddPaymentInfo: "success",
        AddToCart: "contentType contentIds contents currency value",
        AddToWishlist: "contentType contentIds contents currency value",
        CompleteRegistration: "registrationMethod",
        InitiateCheckout: "contentType contentIds numItems paymentInfoAvailable currency value",
        LevelAchieved: "level",
        Purchase: "numItems contentType contentIds currency value",
        Rate: "contentType contentIds maxRatingValue value",
        Search: "contentType searchString success",
        SpentCredits: "contentType contentIds value",
        StartTrial: "orderId currency value",
        Subscribe: "orderId currency value",
        TutorialCompletion: "success contentIds",
        ViewContent: "contentType contentIds currency value",
      },
    ],
  ] as const)("recommends what the list of %s names, and nothing else", (vendor, list: Record<string, string>) => {
    const table = rows.flatMap(([name, { recommended }]) => {
      const properties = recommended[vendor];
      return properties ? [[name, [...properties].sort()]] : [];
    });
    expect(Object.fromEntries(table)).toEqual(
      Object.fromEntries(Object.entries(list).map(([name, properties]) => [name, sorted(properties)])),
    );
  });

  it("says what each goal needs", () => {
    const serving = (goal: keyof StandardEvent["goals"]) =>
      Object.fromEntries(rows.flatMap(([name, { goals }]) => (goals[goal] ? [[name, goals[goal]]] : [])));
    const either = ["contentIds", "contents"];
    expect(serving("videoShopping")).toEqual({
      AddToCart: ["contentType", either],
      Purchase: ["contentType", either],
      ViewContent: ["contentType", either],
    });
    expect(serving("catalogue")).toEqual({
      AddToCart: ["contents"],
      Purchase: [either],
      Search: [either],
      ViewContent: [either],
    });
    const priced = `AddPaymentInfo AddToCart AddToWishlist CompleteRegistration InitiateCheckout Lead Purchase Search
      StartTrial Subscribe ViewContent`;
    expect(serving("value")).toEqual(Object.fromEntries(words(priced).map((name) => [name, ["currency", "value"]])));
  });

  it("has TikTok's objectives", () => {
    const serving = (objective: "sales" | "leads") =>
      rows.filter(([, { objectives }]) => objectives.includes(objective)).map(([name]) => name);
    expect(serving("sales")).toEqual(
      sorted(`AddPaymentInfo AddToCart AddToWishlist Download InitiateCheckout Purchase Search StartTrial Subscribe
        ViewContent`),
    );
    expect(serving("leads")).toEqual(
      sorted(`AddToWishlist ApplicationApproval CompleteRegistration Contact CustomizeProduct FindLocation Lead Schedule
        Search SubmitApplication SubmitForm Subscribe ViewContent`),
    );
  });
});

describe("old names", () => {
  it("has TikTok's list", () => {
    expect(legacyEventNames).toEqual({
      AddBilling: "AddPaymentInfo",
      Browse: "PageView",
      Checkout: "PlaceAnOrder",
      ClickForm: "SubmitForm",
      ClickInDownloadPage: "ClickButton",
      ClickToDownload: "Download",
      Consult: "Contact",
      ConsultByPhone: "Contact",
      CompletePayment: "Purchase",
      Registration: "CompleteRegistration",
      StartCheckout: "InitiateCheckout",
      ViewConsultationPage: "ViewContent",
      ViewDownloadPage: "ViewContent",
      ViewForm: "ViewContent",
      ClickButton: undefined,
      PlaceAnOrder: undefined,
    });
  });
});
