import { createEvent, type EventContext, type Source } from "@beaconry/core";
import { toConversion } from "@beaconry/core/meta";
import { describe, expect, it } from "vitest";
import { appContext, purchase, seconds, time, webContext } from "../events.js";

const emailHash = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
const phoneHash = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";
const externalIdHash = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";

describe("toConversion", () => {
  it("builds a purchase on the web", () => {
    expect(toConversion(purchase())).toEqual({
      issues: [],
      body: {
        event_name: "Purchase",
        event_time: seconds,
        event_id: "123456",
        action_source: "website",
        event_source_url: "https://shop.example/thanks?order=7",
        referrer_url: "https://shop.example/checkout",
        user_data: {
          em: emailHash,
          ph: phoneHash,
          external_id: externalIdHash,
          client_ip_address: "2001:db8:85a3::8a2e:370:7334",
          client_user_agent: "Mozilla/5.0 (test)",
          fbc: "fb.1.1554763741205.AbCdEf",
          fbp: "fb.1.1558571054389.1098115397",
        },
        custom_data: {
          value: 21.97,
          currency: "GBP",
          content_type: "product",
          content_ids: ["1234", "5678"],
          contents: [
            { id: "1234", quantity: 2, item_price: 9.99, title: "Socks", brand: "Knit" },
            { id: "5678", quantity: 1, item_price: 1.99 },
          ],
          num_items: 3,
          order_id: "order-7",
        },
      },
    });
  });

  it("builds an app purchase, flags in app_data as 0 and 1, 16 slots", () => {
    const event = purchase({
      context: appContext,
      consent: { advertising: true, advertiserTracking: true, applicationTracking: true },
    });
    expect(toConversion(event).body).toMatchObject({
      action_source: "app",
      user_data: {
        em: emailHash,
        madid: "38400000-8CF0-11BD-B23E-10B96E40000D",
        anon_id: "XZ12345340-1234-3456-1234-123456789012",
        client_ip_address: "198.51.100.7",
      },
      app_data: {
        advertiser_tracking_enabled: 1,
        application_tracking_enabled: 1,
        // Meta's documented example, each slot a text.
        extinfo: [
          "a2",
          "com.some.app",
          "771",
          "7.7.1",
          "10.1.1",
          "OnePlus6",
          "en_US",
          "GMT-1",
          "TMobile",
          "1920",
          "1080",
          "2",
          "2",
          "128",
          "8",
          "USA/New York",
        ],
      },
    });
  });

  it("says yes and no of an app event as 1 and 0, of others as they are", () => {
    const properties = { success: true, paymentInfoAvailable: false };
    const dataOf = (context: EventContext) =>
      toConversion(
        createEvent("AddPaymentInfo", properties, { id: "1", time, consent: { advertising: true }, context }),
      ).body?.custom_data;
    expect(dataOf(appContext)).toEqual({ success: 1, payment_info_available: 0 });
    expect(dataOf(webContext)).toEqual({ success: true, payment_info_available: false });
  });

  it("sends no customer data and no advertising id where the device does not allow tracking", () => {
    const event = purchase({ context: appContext, consent: { advertising: true, advertiserTracking: false } });
    const { body } = toConversion(event);
    expect(body?.app_data).toMatchObject({ advertiser_tracking_enabled: 0, application_tracking_enabled: 1 });
    expect(Object.keys(body?.user_data ?? {}).sort()).toEqual(["anon_id", "client_ip_address"]);
  });

  it.each<[Source, string]>([
    ["store", "physical_store"],
    ["crm", "system_generated"],
    ["email", "email"],
    ["phone_call", "phone_call"],
    ["chat", "chat"],
    ["other", "other"],
  ])("calls source %s %s", (source, action_source) => {
    expect(toConversion(purchase({ context: { source } })).body).toMatchObject({ action_source });
  });

  it("says limited data use in Meta's numbers", () => {
    const consent = { advertising: true, limitedDataUse: { country: 1, state: 1000 } };
    expect(toConversion(purchase({ consent })).body).toMatchObject({
      data_processing_options: ["LDU"],
      data_processing_options_country: 1,
      data_processing_options_state: 1000,
    });
    expect(toConversion(purchase()).body).not.toHaveProperty("data_processing_options");
  });

  it.each([
    ["a purchase without a value", { properties: { currency: "EUR" } }, "properties.value"],
    ["an event without a name", { name: "" }, "name"],
    ["an event whose name is no text", { name: undefined }, "name"],
    ["a web event without a page", { context: { ...webContext, page: undefined } }, "context.page.url"],
    ["a web event without a user agent", { context: { ...webContext, userAgent: undefined } }, "context.userAgent"],
    ["an app event without a device", { context: { ...appContext, device: undefined } }, "context.device"],
  ])("refuses %s", (_, change, path) => {
    const { body, issues } = toConversion({ ...purchase(), ...change } as never);
    expect(body).toBeUndefined();
    expect(issues).toContainEqual(expect.objectContaining({ severity: "error", code: "missing", path }));
  });

  // Meta's subcode 2804050.
  it.each([
    [{ city: "Paris", country: "France", zip: "75018", gender: "f" }],
    [{ birthDate: "1991-12-26" }],
    [{ firstName: "Ada", gender: "f" }],
    [{ lastName: "Lovelace", gender: "f" }],
    [{}],
  ])("refuses keys that say too little: %j", (user) => {
    const { body, issues } = toConversion(purchase({ user, context: { source: "store" } }));
    expect(body).toBeUndefined();
    expect(issues).toContainEqual(expect.objectContaining({ severity: "error", code: "too_weak" }));
  });

  it("names a click id that has not the form of Meta's cookie, such as a bare fbclid", () => {
    const issuesOf = (clicks: EventContext["clicks"]) =>
      toConversion(purchase({ context: { ...webContext, clicks } })).issues.map(({ severity, path }) => [
        severity,
        path,
      ]);
    expect(issuesOf({ fbc: "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB", fbp: "1098115397" })).toEqual([
      ["warning", "context.clicks.fbc"],
      ["warning", "context.clicks.fbp"],
    ]);
    expect(issuesOf({ fbc: "fb.2.1554763741205.IwAR_x-1.AQQAAQMC", fbp: "fb.1.1558571054389.1098115397" })).toEqual([]);
    expect(issuesOf({ fbc: "", fbp: undefined })).toEqual([]);
  });

  it("takes empty texts for nothing", () => {
    const empty = {
      ...appContext,
      ip: "",
      userAgent: "",
      clicks: { fbc: "", fbp: "" },
      subscriptionId: "",
      lead: { meta: "" },
      device: { platform: "android" as const, osVersion: "15", advertisingId: "", anonId: "" },
    };
    const consent = { advertising: true, advertiserTracking: true };
    const weak = toConversion(purchase({ context: empty, consent, user: { gender: "f" } }));
    expect(weak.body).toBeUndefined();
    expect(weak.issues).toMatchObject([{ severity: "error", code: "too_weak" }]);
    const known = toConversion(purchase({ context: empty, consent, user: { email: "john_smith@gmail.com" } }));
    expect(known.body?.user_data).toEqual({ em: emailHash });
  });

  it("takes first and last name together", () => {
    const user = { firstName: "Ada", lastName: "Lovelace" };
    expect(toConversion(purchase({ user, context: { source: "store" } })).body).toBeDefined();
  });

  it("gives nothing without consent", () => {
    for (const consent of [{}, { advertising: false }]) {
      const { body, issues } = toConversion(purchase({ consent }));
      expect(body).toBeUndefined();
      expect(issues).toMatchObject([{ code: "consent" }]);
    }
  });

  it("keeps a value of 0, custom properties and custom names", () => {
    const event = createEvent("QuizFinished" as "Contact", { value: 0, score: 3 } as never, {
      id: "1",
      time,
      consent: { advertising: true },
      context: webContext,
    });
    expect(toConversion(event).body).toMatchObject({
      event_name: "QuizFinished",
      custom_data: { value: 0, score: 3 },
    });
  });

  // "Conversions API for business messaging": the ids of each channel, never hashed.
  it.each([
    [
      { channel: "whatsapp", businessAccountId: "waba-1", clickId: "ARAk-AbC" },
      { whatsapp_business_account_id: "waba-1", ctwa_clid: "ARAk-AbC" },
    ],
    [
      { channel: "messenger", pageId: "page-1", userId: "psid-1" },
      { page_id: "page-1", page_scoped_user_id: "psid-1" },
    ],
    [
      { channel: "instagram", accountId: "ig-1", userId: "igsid-1" },
      { ig_account_id: "ig-1", ig_sid: "igsid-1" },
    ],
  ] as const)("builds a purchase in a conversation on %j", (messaging, ids) => {
    const { body } = toConversion(purchase({ user: undefined, context: { source: "messaging", messaging } }));
    expect(body).toMatchObject({ action_source: "business_messaging", messaging_channel: messaging.channel });
    expect(body?.user_data).toEqual(ids);
    const without = toConversion(purchase({ context: { source: "messaging" } }));
    expect(without.issues).toContainEqual(expect.objectContaining({ severity: "error", path: "context.messaging" }));
  });

  it.each([
    [{ channel: "whatsapp", businessAccountId: "waba-1" }, "context.messaging.clickId"],
    [{ channel: "whatsapp", businessAccountId: "", clickId: "ARAk-AbC" }, "context.messaging.businessAccountId"],
    [{ channel: "messenger", pageId: "page-1", userId: null }, "context.messaging.userId"],
    [{ channel: "instagram", userId: "igsid-1" }, "context.messaging.accountId"],
    [{ channel: "sms", userId: "1" }, "context.messaging.channel"],
    [{ channel: "constructor" }, "context.messaging.channel"],
    [{}, "context.messaging.channel"],
  ])("refuses a conversation that lacks what its channel needs: %j", (messaging, path) => {
    const { body, issues } = toConversion(purchase({ context: { source: "messaging", messaging } as never }));
    expect(body).toBeUndefined();
    expect(issues).toMatchObject([{ severity: "error", path }]);
  });

  // "Conversions API for business messaging", frequently asked questions: the types of events that are supported.
  it.each([
    ["Purchase", true],
    ["LeadSubmitted", true],
    ["ReviewProvided", true],
    ["Lead", false],
    ["Schedule", false],
    ["QuizFinished", false],
  ])("of a conversation %s is taken: %s", (name, isTaken) => {
    const messaging = { channel: "whatsapp", businessAccountId: "waba-1", clickId: "ARAk-AbC" } as const;
    const event = { ...purchase({ context: { source: "messaging", messaging } }), name: name as "Purchase" };
    const { body, issues } = toConversion(event);
    expect(body?.event_name).toBe(isTaken ? name : undefined);
    const named = expect.objectContaining({ severity: "error", code: "bad_name", path: "name" });
    expect(issues).toEqual(isTaken ? expect.not.arrayContaining([named]) : expect.arrayContaining([named]));
  });

  it("names the store, the CRM and Meta's own lead, and says where attribution is all that is wanted", () => {
    const store = toConversion(purchase({ context: { source: "store", store: { pageId: "p-1", code: "s-1" } } })).body;
    expect(store?.custom_data).toMatchObject({ store_data: { store_page_id: "p-1", store_code: "s-1" } });
    const lead = { meta: "525645896321548", tiktok: "7", crm: "HubSpot" };
    const crm = toConversion(purchase({ context: { source: "crm", lead } })).body;
    expect(crm?.user_data.lead_id).toBe("525645896321548");
    expect(crm).not.toHaveProperty("opt_out");
    expect(toConversion(purchase({ context: { ...webContext, attributionOnly: true } })).body?.opt_out).toBe(true);
  });

  // "Conversion leads integration", payload specification: its own example, but for the id, which is a text here.
  it("builds a stage of a lead as Meta optimises on it", () => {
    const lead = { meta: "1234567890123456", crm: "Salesforce" };
    const stage = (given: EventContext["lead"]) => {
      const context: EventContext = { source: "crm", lead: given };
      return toConversion(createEvent("Contact", {}, { id: "1", time, consent: { advertising: true }, context }));
    };
    const { body, issues } = stage(lead);
    expect(body).toMatchObject({
      event_name: "Contact",
      user_data: { lead_id: "1234567890123456" },
      action_source: "system_generated",
    });
    expect(body?.custom_data).toEqual({ lead_event_source: "Salesforce", event_source: "crm" });
    expect(issues).toEqual([]);
    for (const meta of ["7000000000000000003", "12345678901234", "abc"]) {
      expect(stage({ ...lead, meta }).body).toBeUndefined();
      expect(stage({ ...lead, meta }).issues).toMatchObject([{ severity: "error", path: "context.lead.meta" }]);
    }
    expect(stage({ meta: lead.meta }).issues).toMatchObject([
      { severity: "warning", code: "missing", path: "context.lead.crm" },
    ]);
  });

  it("sends Facebook's and your subscription's ids in the clear, and leaves them out without tracking", () => {
    const ids = { facebookLoginId: "10", subscriptionId: "sub-1" };
    const expected = { fb_login_id: "10", subscription_id: "sub-1" };
    expect(toConversion(purchase({ context: { ...webContext, ...ids } })).body?.user_data).toMatchObject(expected);
    const refused = purchase({
      context: { ...appContext, ...ids },
      consent: { advertising: true, advertiserTracking: false },
    });
    expect(toConversion(refused).body?.user_data).not.toHaveProperty("fb_login_id");
  });

  // "fb_login_id": an integer.
  it.each(["ada", "12-3", "", null])("leaves out %j, which is no id of Facebook Login", (given) => {
    const event = purchase({ context: { ...webContext, facebookLoginId: given as string } });
    const { body, issues } = toConversion(event);
    expect(body?.user_data).toMatchObject({ em: emailHash });
    expect(body?.user_data).not.toHaveProperty("fb_login_id");
    expect(issues).toMatchObject(given ? [{ severity: "warning", code: "unusable" }] : []);
    if (given) expect(JSON.stringify(issues)).not.toContain(given);
  });
});
