import { createEvent } from "@beaconry/core";
import { toAppEvents, toDeferredAppLink, toExtinfo } from "@beaconry/core/meta";
import { describe, expect, it } from "vitest";
import { appContext, purchase, seconds, time, webContext } from "../events.js";

const tracking = { advertising: true, advertiserTracking: true, applicationTracking: true };

describe("toAppEvents", () => {
  it("builds a purchase with Meta's names, the event id inside the custom event, customer data hashed under ud", () => {
    const { body, issues } = toAppEvents(purchase({ context: appContext, consent: tracking }));
    expect(issues).toEqual([]);
    expect(body).toEqual({
      forwardedFor: "198.51.100.7",
      device: {
        event: "CUSTOM_APP_EVENTS",
        advertiser_id: "38400000-8CF0-11BD-B23E-10B96E40000D",
        anon_id: "XZ12345340-1234-3456-1234-123456789012",
        advertiser_tracking_enabled: "1",
        application_tracking_enabled: "1",
        extinfo:
          '["a2","com.some.app","771","7.7.1","10.1.1","OnePlus6","en_US","GMT-1","TMobile","1920","1080","2","2","128","8","USA/New York"]',
        ud: JSON.stringify({
          em: "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
          ph: "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
          external_id: "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b",
        }),
      },
      customEvent: {
        _eventName: "fb_mobile_purchase",
        _logTime: seconds,
        event_id: "123456",
        _valueToSum: 21.97,
        fb_currency: "GBP",
        fb_content_type: "product",
        fb_content: '[{"id":"1234","quantity":2,"item_price":9.99},{"id":"5678","quantity":1,"item_price":1.99}]',
        fb_content_id: '["1234","5678"]',
        fb_num_items: 3,
        fb_order_id: "order-7",
      },
    });
  });

  it("sends both flags and nothing of the person where tracking is refused", () => {
    const consent = { advertising: true, advertiserTracking: false, applicationTracking: false };
    const { body } = toAppEvents(purchase({ context: appContext, consent }));
    expect(body?.device).toMatchObject({ advertiser_tracking_enabled: "0", application_tracking_enabled: "0" });
    expect(body?.device).not.toHaveProperty("ud");
    expect(body?.device).not.toHaveProperty("advertiser_id");
    expect(body?.device).toHaveProperty("anon_id");
  });

  it("says in a warning that the device's choice was never set, and sends 0", () => {
    const { body, issues } = toAppEvents(purchase({ context: appContext }));
    expect(body?.device).toMatchObject({ advertiser_tracking_enabled: "0", application_tracking_enabled: "1" });
    expect(issues).toMatchObject([{ severity: "warning", code: "consent_unset", path: "consent.advertiserTracking" }]);
  });

  it("builds an install as a request of its own", () => {
    const event = createEvent("MobileAppInstall", {}, { id: "1", time, consent: tracking, context: appContext });
    const { body } = toAppEvents(event);
    expect(body?.device).toMatchObject({ event: "MOBILE_APP_INSTALL", install_timestamp: String(seconds) });
    expect(body).not.toHaveProperty("customEvent");
  });

  it.each([
    ["the device's address", { ...appContext, ip: undefined }, "context.ip"],
    ["any identifier", { ...appContext, device: { platform: "ios", osVersion: "17" } }, "context.device"],
    ["the device", { ...appContext, device: undefined }, "context.device.osVersion"],
  ])("refuses an event without %s", (_, context, path) => {
    const { body, issues } = toAppEvents(purchase({ context: context as never, consent: tracking, user: undefined }));
    expect(body).toBeUndefined();
    expect(issues).toContainEqual(expect.objectContaining({ severity: "error", path }));
  });

  it("takes no web events and no names that Meta refuses", () => {
    expect(toAppEvents(purchase({ context: webContext })).issues).toMatchObject([{ code: "unsupported_source" }]);
    const named = (name: string) =>
      toAppEvents(createEvent(name as "Contact", {}, { id: "1", time, consent: tracking, context: appContext }));
    expect(named("x".repeat(40)).body).toBeDefined();
    expect(named("x".repeat(41)).issues).toMatchObject([{ severity: "error", code: "bad_name" }]);
    expect(named("-x").issues).toMatchObject([{ severity: "error", code: "bad_name" }]);
  });

  it("sends one content id as a text, yes and no as 1 and 0", () => {
    const event = createEvent(
      "AddPaymentInfo",
      { contentIds: [5], success: true, paymentInfoAvailable: false },
      { id: "1", time, consent: tracking, context: appContext },
    );
    expect(toAppEvents(event).body?.customEvent).toMatchObject({
      fb_content_id: "5",
      fb_success: 1,
      fb_payment_info_available: 0,
    });
  });

  it("carries what is known of the installation, and asks for claims only when told to", () => {
    const app = {
      ...appContext.app,
      id: "com.some.app",
      userId: "customer-7",
      campaignIds: "abcd1234",
      clickId: "click-1",
      installerPackage: "com.android.vending",
      installReferrer: "utm_source=x",
      urlSchemes: ["fb123"],
    };
    const event = purchase({ context: { ...appContext, app }, consent: tracking });
    expect(
      toAppEvents(event, { considerViews: true, includeDwellData: true, includeVideoData: true }).body?.device,
    ).toMatchObject({
      app_user_id: "customer-7",
      campaign_ids: "abcd1234",
      click_id: "click-1",
      installer_package: "com.android.vending",
      install_referrer: "utm_source=x",
      url_schemes: '["fb123"]',
      consider_views: "TRUE",
      include_dwell_data: "TRUE",
      include_video_data: "TRUE",
    });
    expect(toAppEvents(event).body?.device).not.toHaveProperty("consider_views");
    const refused = purchase({
      context: { ...appContext, app },
      consent: { advertising: true, advertiserTracking: false },
    });
    expect(toAppEvents(refused).body?.device).not.toHaveProperty("app_user_id");
  });

  it("puts fb_ before the properties of travel and vehicles, and not before those that Meta leaves bare", () => {
    const properties = {
      checkinDate: "2026-12-24",
      numAdults: 2,
      originAirport: "SFO",
      suggestedHotels: ["h-1"],
      mileage: { value: 12, unit: "KM" as const },
      netRevenue: 5,
      predictedLtv: 7,
      leadEventSource: "x",
      productCatalogId: "cat-1",
      year: 2020,
    };
    const event = createEvent("Search", properties, { id: "1", time, consent: tracking, context: appContext });
    const { _eventName, _logTime, event_id, ...parameters } = toAppEvents(event).body?.customEvent ?? {};
    expect(parameters).toEqual({
      fb_checkin_date: "2026-12-24",
      fb_num_adults: 2,
      fb_origin_airport: "SFO",
      fb_suggested_hotels: '["h-1"]',
      "fb_mileage.value": 12,
      "fb_mileage.unit": "KM",
      net_revenue: 5,
      predicted_ltv: 7,
      lead_event_source: "x",
      product_catalog_id: "cat-1",
      fb_year: 2020,
    });
  });

  it("lets no property take the place of the event's name, time or id", () => {
    const properties = { _eventName: "fb_mobile_purchase", _logTime: 1, event_id: "forged", colour: "red" };
    const event = createEvent("Contact", properties as never, {
      id: "1",
      time,
      consent: tracking,
      context: appContext,
    });
    expect(toAppEvents(event).body?.customEvent).toEqual({
      _eventName: "Contact",
      _logTime: seconds,
      event_id: "1",
      colour: "red",
    });
  });
});

describe("toDeferredAppLink", () => {
  it("asks with the device's ids and both flags, and without customer data", () => {
    const { body } = toDeferredAppLink({ context: appContext, consent: tracking });
    expect(body?.device).toMatchObject({
      event: "DEFERRED_APP_LINK",
      advertiser_id: "38400000-8CF0-11BD-B23E-10B96E40000D",
      advertiser_tracking_enabled: "1",
      application_tracking_enabled: "1",
    });
    expect(body?.device).not.toHaveProperty("ud");
    expect(body).not.toHaveProperty("customEvent");
    expect(toDeferredAppLink({ context: appContext, consent: {} }).issues).toMatchObject([{ code: "consent" }]);
  });
});

describe("toExtinfo", () => {
  it("always has 16 slots, empty where nothing is known", () => {
    expect(toExtinfo({ platform: "ios", osVersion: "13.4.1" })).toEqual([
      "i2",
      "",
      "",
      "",
      "13.4.1",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      "",
    ]);
  });
});
