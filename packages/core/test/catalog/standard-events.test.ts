import { standardEvents } from "@beaconry/core";
import { describe, expect, it } from "vitest";

const rows = Object.entries(standardEvents) as [string, { tiktok?: string; meta?: string; metaApp?: string }][];
const names = (column: "tiktok" | "meta" | "metaApp") => rows.flatMap(([, row]) => row[column] ?? []).sort();

// The lists of the vendors' own pages: TikTok "About standard events" (September 2025), Meta's pixel reference, and
// the App Events API guide.
describe("the catalogue", () => {
  it("has all of TikTok's 18 standard events, Lead, which its API lists, and the page view", () => {
    const list =
      `AddPaymentInfo AddToCart AddToWishlist ApplicationApproval CompleteRegistration Contact CustomizeProduct
      Download FindLocation InitiateCheckout Purchase Schedule Search StartTrial SubmitApplication SubmitForm Subscribe
      ViewContent`.split(/\s+/);
    expect(list).toHaveLength(18);
    expect(names("tiktok")).toEqual([...list, "Lead", "Pageview"].sort());
  });

  it("has every standard web event of Meta", () => {
    const list = `AddPaymentInfo AddToCart AddToWishlist CompleteRegistration Contact CustomizeProduct Donate FindLocation
      InitiateCheckout Lead PageView Purchase Schedule Search StartTrial SubmitApplication Subscribe ViewContent`;
    expect(names("meta")).toEqual(list.split(/\s+/).sort());
  });

  it("has Meta's 24 app events and the install", () => {
    const list =
      `AdClick AdImpression Contact CustomizeProduct Donate FindLocation Schedule StartTrial SubmitApplication
      Subscribe fb_mobile_achievement_unlocked fb_mobile_activate_app fb_mobile_add_payment_info fb_mobile_add_to_cart
      fb_mobile_add_to_wishlist fb_mobile_complete_registration fb_mobile_content_view fb_mobile_initiated_checkout
      fb_mobile_level_achieved fb_mobile_purchase fb_mobile_rate fb_mobile_search fb_mobile_spent_credits
      fb_mobile_tutorial_completion`.split(/\s+/);
    expect(list).toHaveLength(24);
    expect(names("metaApp")).toEqual([...list, "MOBILE_APP_INSTALL"].sort());
  });

  it("requires value and currency of a purchase, and nothing elsewhere", () => {
    for (const [name, { required }] of Object.entries(standardEvents)) {
      expect(required).toEqual(name === "Purchase" ? ["currency", "value"] : []);
    }
  });
});
